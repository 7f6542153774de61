"""The sweep: what makes the driver certain. It finds every due row again, whatever was lost."""

from datetime import timedelta

from django.db import connection

from kernel import clock
from payments import schedule
from payments.services import wake
from tenancy.scope import platform_scope

BATCH_LIMIT = 500  # rows of each kind per sweep; the next one comes in a second
_DUE = """
SELECT id, acquirer_id FROM {table}
 WHERE due_at <= %s ORDER BY due_at LIMIT %s
"""
_TABLES = {wake.DRIVE_PAYMENT: "payments_payment", wake.DRIVE_REFUND: "payments_refund"}


def sweep() -> int:
    """Hand every row that is overdue to a worker; how many there were.

    A row that was handed over twice is claimed once; tasks that nobody takes expire.
    """
    now = clock.now()
    overdue = now - timedelta(seconds=schedule.SWEEP_GRACE_SECONDS)
    found = 0
    for task, table in _TABLES.items():
        with platform_scope(), connection.cursor() as cursor:
            cursor.execute(_DUE.format(table=table), [overdue, BATCH_LIMIT])
            rows = cursor.fetchall()
        found += len(rows)
        for row_id, acquirer_id in rows:
            wake.wake_driver(task, row_id, acquirer_id=acquirer_id, due_at=now)
    return found
