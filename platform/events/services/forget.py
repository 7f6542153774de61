"""Forgetting what was told long ago: deliveries with their tries, later their events.

These tables are appended to: the code's role may delete no row of them. Two functions of the
database do, and refuse anything else (events/migrations/0002).
"""

from tenancy.retention import forget_by

_DELIVERIES = "SELECT events_forget_deliveries(%(kept_since)s::timestamptz, %(rows)s)"
_EVENTS = "SELECT events_forget(%(kept_since)s::timestamptz, %(rows)s)"


def forget_old() -> int:
    """Delete the deliveries, then the events that are older than they are kept; how many."""
    deliveries = forget_by(_DELIVERIES, "events_delivery")
    return deliveries + forget_by(_EVENTS, "events_event")
