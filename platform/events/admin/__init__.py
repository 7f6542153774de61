"""Pages of the admin, one module per noun."""

from events.admin import deliveries, endpoints, events

__all__ = ["deliveries", "endpoints", "events"]
