"""The sweep: what makes the driver certain. It finds every due row again, whatever was lost.

It has two forms. Beat's task hands overdue rows to all workers by the broker; where even that has
not helped for some seconds (no beat, no broker), each worker drives them by itself.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection

from kernel import clock
from payments import schedule
from payments.services import wake
from payments.services.drive import drive_payment
from payments.services.drive_refund import drive_refund
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

BATCH_LIMIT = 500  # rows of each kind per sweep; the next one comes in a second
_DUE = """
SELECT id, acquirer_id, due_at FROM {table}
 WHERE due_at <= %s ORDER BY due_at LIMIT %s
"""
Drive = Callable[[UUID, UUID], None]
_TABLES: dict[str, tuple[str, Drive]] = {
    wake.DRIVE_PAYMENT: (
        "payments_payment",
        lambda row_id, acquirer_id: drive_payment(row_id, acquirer_id=acquirer_id),
    ),
    wake.DRIVE_REFUND: (
        "payments_refund",
        lambda row_id, acquirer_id: drive_refund(row_id, acquirer_id=acquirer_id),
    ),
}


# What this process has handed over lately: a worker that is to catch up after an outage would else
# do little but find out, message by message, that somebody else has each row.
_handed: dict[tuple[UUID, datetime], datetime] = {}


def sweep() -> int:
    """Hand every row that is overdue to a worker, once in the life of a task; how many.

    A row that was handed over twice is claimed once; tasks that nobody takes expire.
    """
    now = clock.now()
    _forget_handed(now)
    found = 0
    for task, (table, _) in _TABLES.items():
        for row_id, acquirer_id, due_at in _list_overdue(table, schedule.SWEEP_GRACE_SECONDS):
            if (row_id, due_at) not in _handed:
                wake.wake_driver(task, row_id, acquirer_id=acquirer_id, due_at=now)
                _handed[row_id, due_at] = now
                found += 1
    return found


def _forget_handed(now: datetime) -> None:
    """Those whose task has expired, or that were handed over by a clock set back since."""
    life = timedelta(seconds=wake.TASK_LIFE_SECONDS)
    for key, at in list(_handed.items()):
        if not at <= now < at + life:
            del _handed[key]


def drive_neglected(executor: Executor) -> int:
    """Drive here and now what nobody has taken for schedule.NEGLECTED_SECONDS; how many rows.

    Returns when all of them have been asked about. Needs neither beat nor broker.
    """
    work = []
    for table, drive in _TABLES.values():
        for row_id, acquirer_id, _ in _list_overdue(table, schedule.NEGLECTED_SECONDS):
            work.append(executor.submit(_drive_one, drive, row_id, acquirer_id))
    release_connection()
    for each in work:
        each.result()
    return len(work)


def _drive_one(drive: Drive, row_id: UUID, acquirer_id: UUID) -> None:
    try:
        drive(row_id, acquirer_id)
    except Exception:
        log.exception("row_not_driven", row=str(row_id))  # still due: found again
    finally:
        release_connection()


def _list_overdue(table: str, grace_seconds: float) -> list[tuple[UUID, UUID, datetime]]:
    overdue = clock.now() - timedelta(seconds=grace_seconds)
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE.format(table=table), [overdue, BATCH_LIMIT])
        rows: list[tuple[UUID, UUID, datetime]] = cursor.fetchall()
        return rows
