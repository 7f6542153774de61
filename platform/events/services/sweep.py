"""The sweep: finds every due delivery again, whatever was lost, one endpoint as well as another.

It has two forms. Beat's task wakes workers by the broker; where even that has not helped for some
seconds (no beat, no broker), each webhook worker delivers by itself.
"""

from concurrent.futures import Executor
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction

from events import schedule
from events.services import wake
from events.services.claim import ALONG_THE_INDEX
from events.services.deliver import deliver_due
from events.services.tell_owner import tell_owners
from kernel import clock
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

_ENDPOINTS_LIMIT = 500  # of one sweep, drawn by lot: no endpoint stands behind another for ever
_NEGLECTED_LIMIT = 50
# From one endpoint with work to the next along the index, so that ten thousand deliveries that one
# endpoint has failed to take cost as much as one.
_DUE = """
WITH RECURSIVE owed AS (
    (SELECT endpoint_id FROM events_delivery WHERE due_at IS NOT NULL
      ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT endpoint_id FROM events_delivery
             WHERE due_at IS NOT NULL AND endpoint_id > owed.endpoint_id
             ORDER BY endpoint_id LIMIT 1)
      FROM owed WHERE owed.endpoint_id IS NOT NULL)
SELECT owed.endpoint_id FROM owed
 CROSS JOIN LATERAL (SELECT 1 FROM events_delivery AS due
                      WHERE due.endpoint_id = owed.endpoint_id AND due.due_at <= %s
                      ORDER BY due.due_at LIMIT 1) AS is_due
 ORDER BY random() LIMIT %s
"""
_busy: set[UUID] = set()  # endpoints that this process's standby is at


def sweep() -> int:
    """Have every overdue endpoint delivered to, and owners told; how many endpoints there were."""
    found = _list_overdue(schedule.SWEEP_GRACE_SECONDS, _ENDPOINTS_LIMIT)
    wake.wake_endpoints(found)
    tell_owners()
    return len(found)


def deliver_neglected(executor: Executor) -> int:
    """Start delivering what nobody has taken for schedule.NEGLECTED_SECONDS; how many endpoints.

    Does not wait for them: a slow one must not keep the others. Needs neither beat nor broker.
    """
    started = 0
    for endpoint_id in _list_overdue(schedule.NEGLECTED_SECONDS, _NEGLECTED_LIMIT):
        if endpoint_id not in _busy and len(_busy) < _NEGLECTED_LIMIT:
            _busy.add(endpoint_id)
            executor.submit(_deliver, endpoint_id)
            started += 1
    release_connection()
    return started


def _deliver(endpoint_id: UUID) -> None:
    try:
        deliver_due(endpoint_id)
    except Exception:
        log.exception("endpoint_not_delivered", endpoint=str(endpoint_id))  # due: found again
    finally:
        _busy.discard(endpoint_id)
        release_connection()


def _list_overdue(grace_seconds: float, limit: int) -> list[UUID]:
    overdue = clock.now() - timedelta(seconds=grace_seconds)
    with platform_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {ALONG_THE_INDEX}")
        cursor.execute(_DUE, [overdue, limit])
        return [row[0] for row in cursor.fetchall()]
