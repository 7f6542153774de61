"""Letting go of old rows: a batch at a time, each its own statement, so that it may end anywhere.

How long each table keeps its rows stands in one table, ``settings.RETENTION_DAYS``.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from kernel import clock, ids
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

BATCH_ROWS = 5_000
BATCHES_LIMIT = 2_000  # in one run: ten million rows

# Ids are ordered by time, so that no payment pays for an index on created_at. What another run
# holds is left to it.
_FORGET = """
WITH old AS MATERIALIZED (  -- once: as a condition some plans would ask for the next rows again
    SELECT id FROM {table} WHERE id < %(first_kept)s::uuid ORDER BY id
     LIMIT %(rows)s FOR UPDATE SKIP LOCKED)
DELETE FROM {table} AS kept USING old WHERE kept.id = old.id
"""


def forget_old(table: str) -> int:
    """Delete the rows of ``table`` that are older than it keeps them; how many."""
    return forget_by(_FORGET.format(table=table), table)


def forget_by(statement: str, table: str) -> int:
    """Run ``statement`` until there is less than a batch for it to delete; how many rows it was.

    It is given ``rows``, ``kept_since`` and ``first_kept``, the smallest id of that moment, and
    either deletes at most ``rows`` rows or selects their number.
    """
    kept_since = oldest_kept(table)
    first_kept = ids.first_uuid_at(kept_since)
    params = {"rows": BATCH_ROWS, "kept_since": kept_since, "first_kept": first_kept}
    forgotten = 0
    for number in range(BATCHES_LIMIT):
        count = _forget_batch(statement, params)
        forgotten += count
        if count < BATCH_ROWS:
            break
        log.info("rows_being_forgotten", table=table, batch=number, forgotten=forgotten)
    if forgotten:
        log.info("rows_forgotten", table=table, forgotten=forgotten, before=kept_since.isoformat())
    return forgotten


def oldest_kept(table: str) -> datetime:
    """What came before it may be gone."""
    return clock.now() - timedelta(days=settings.RETENTION_DAYS[table])


def _forget_batch(statement: str, params: dict[str, Any]) -> int:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        count: int = cursor.fetchone()[0] if cursor.description else cursor.rowcount
        return count
