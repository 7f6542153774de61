"""``/v1/status``."""
