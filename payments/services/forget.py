"""Forgetting the evidence of old payments: attempts and notifications. What happened stays.

Payments, refunds, transitions and breaks are kept; a transition whose attempt has gone says who
moved it and when, and no longer what Alipay answered.
"""

from tenancy.retention import forget_old as forget_rows

TABLES = ("payments_attempt", "payments_notification", "payments_refusednotification")


def forget_old() -> int:
    """Delete what is older than its table keeps; how many rows."""
    return sum(forget_rows(table) for table in TABLES)
