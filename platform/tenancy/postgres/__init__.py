"""PostgreSQL as Tillgate uses it: each connection knows whose rows it may see."""
