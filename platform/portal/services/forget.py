"""Forgetting slots that nobody asks for any more; their hours stay."""

from datetime import datetime, timedelta

from django.db import connection

from kernel import clock
from tenancy.scope import platform_scope

KEPT = timedelta(days=40)  # silence looks back four weeks, the overview two
BATCH_LIMIT = 20_000  # rows in one statement
BATCHES = 50  # in one run; the next one comes in an hour
_FORGET = """
DELETE FROM portal_slotfigures
 WHERE ctid = ANY (ARRAY(SELECT ctid FROM portal_slotfigures WHERE since < %s LIMIT %s))
"""


def forget_slots() -> int:
    """Delete slots that are older than KEPT; how many rows."""
    forgotten = 0
    for _ in range(BATCHES):
        with platform_scope(), connection.cursor() as cursor:
            cursor.execute(_FORGET, [oldest_kept(), BATCH_LIMIT])
            forgotten += cursor.rowcount
            if cursor.rowcount < BATCH_LIMIT:
                break
    return forgotten


def oldest_kept() -> datetime:
    """Slots that begin before it may be gone."""
    return clock.now() - KEPT
