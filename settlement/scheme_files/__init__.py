"""Alipay's daily files as texts: pure reading, no database (reference §6)."""
