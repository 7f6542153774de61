"""Pages of the admin, one module per noun."""

from settlement.admin import batches, schedules

__all__ = ["batches", "schedules"]
