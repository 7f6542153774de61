"""Pages of the admin, one module per noun."""

from settlement.admin import adjustments, batches, schedules

__all__ = ["adjustments", "batches", "schedules"]
