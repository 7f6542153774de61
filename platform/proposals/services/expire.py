"""Letting proposals expire that nobody decided in time."""

from django.db import connection

from kernel import clock
from tenancy.scope import platform_scope

EXPIRE_LIMIT = 1000  # rows of one statement
_EXPIRE = """
UPDATE proposals_proposal SET status = 'expired', decided_at = %(now)s
 WHERE id = ANY (ARRAY(SELECT id FROM proposals_proposal
               WHERE status = 'pending' AND expires_at <= %(now)s
               ORDER BY expires_at LIMIT %(limit)s
               FOR UPDATE SKIP LOCKED))
"""


def expire_old() -> int:
    """End what is past its time, at most EXPIRE_LIMIT; how many."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_EXPIRE, {"now": clock.now(), "limit": EXPIRE_LIMIT})
        return int(cursor.rowcount)
