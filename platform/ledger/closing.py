"""Closing the books at a moment: what each account stood at is noted, so that no reader adds up
the past again."""

from datetime import datetime, timedelta

from django.db import connection

from kernel import clock
from tenancy.scope import get_scope

# What was posted before the moment is committed by now.
GRACE = timedelta(minutes=30)

_CLOSE = """
INSERT INTO ledger_closing
       (id, acquirer_id, merchant_id, account_id, closes_at, balance_minor, created_at)
SELECT gen_random_uuid(), account.acquirer_id, account.merchant_id, account.id, %(at)s,
       COALESCE(last.balance_minor, 0) + moved.minor, %(now)s
  FROM ledger_account AS account
  LEFT JOIN LATERAL (
    SELECT closing.closes_at, closing.balance_minor FROM ledger_closing AS closing
     WHERE closing.account_id = account.id AND closing.closes_at < %(at)s
     ORDER BY closing.closes_at DESC LIMIT 1) AS last ON true
 CROSS JOIN LATERAL (
    SELECT sum(entry.amount_minor) AS minor FROM ledger_entry AS entry
     WHERE entry.account_id = account.id
       AND entry.created_at >= COALESCE(last.closes_at, '-infinity')
       AND entry.created_at < %(at)s) AS moved
 WHERE moved.minor IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def close_books(at: datetime) -> int:
    """Note the balances just before ``at`` of the scope's accounts; how many had moved.

    Twice changes nothing. Raises ValueError for a moment that is not GRACE in the past.
    """
    get_scope()
    now = clock.now()
    if at + GRACE > now:
        raise ValueError(f"books are closed {GRACE} after their moment, not before")
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"at": at, "now": now})
        return int(cursor.rowcount)


def last_midnight() -> datetime:
    """The last UTC midnight that may be closed."""
    return (clock.now() - GRACE).replace(hour=0, minute=0, second=0, microsecond=0)
