"""Bank statements: pure reading, no database (settlement-conventions §6)."""
