"""Forgetting idempotency keys that nobody repeats any more."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connection

from kernel import clock, ids
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

KEPT_DAYS = 8  # callers are promised 7
BATCH_ROWS = 10_000
BATCHES_LIMIT = 1_000  # ten million keys a day

_FORGET = """
DELETE FROM api_idempotencykey
 WHERE id IN (SELECT id FROM api_idempotencykey WHERE id < %s::uuid ORDER BY id LIMIT %s)
"""


def forget_old() -> int:
    """Delete the keys older than KEPT_DAYS in batches, each its own statement; how many."""
    # Ids are ordered by time, so that no payment pays for an index on created_at.
    oldest = ids.first_uuid_at(clock.now() - timedelta(days=KEPT_DAYS))
    deleted = 0
    for _ in range(BATCHES_LIMIT):
        count = _forget_batch([oldest, BATCH_ROWS])
        deleted += count
        if count < BATCH_ROWS:
            return deleted
    log.warning("idempotency_keys_left", deleted=deleted)
    return deleted


def _forget_batch(params: list[UUID | int]) -> int:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_FORGET, params)
        count: int = cursor.rowcount
        return count
