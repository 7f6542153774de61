"""The registrations' sweep: it finds what lacks a row and what is due, whatever was lost."""

from datetime import datetime
from uuid import UUID

import redis
import structlog
from celery import current_app
from django.db import connection
from kombu.exceptions import OperationalError

from kernel import clock
from merchants.services.move_merchant import activate_registered
from merchants.services.register import request_missing
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

DRIVE = "merchants.drive_registration"
EVERY_SECONDS = 3
BATCH_LIMIT = 100  # rows of one sweep: the review takes days, and payments come first
_DUE = """
SELECT id, acquirer_id FROM merchants_registration
 WHERE due_at <= %s ORDER BY due_at LIMIT %s
"""


def sweep() -> int:
    """Open what is missing, activate who is ready, hand out what is due; how many of the last."""
    request_missing()
    activate_registered()
    due = _list_due(clock.now())
    for registration_id, acquirer_id in due:
        _hand_out(registration_id, acquirer_id)
    return len(due)


def _list_due(now: datetime) -> list[tuple[UUID, UUID]]:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE, [now, BATCH_LIMIT])
        rows: list[tuple[UUID, UUID]] = cursor.fetchall()
        return rows


def _hand_out(registration_id: UUID, acquirer_id: UUID) -> None:
    """A task that nobody takes expires before the next sweep hands the row out again."""
    args = [str(registration_id), str(acquirer_id)]
    try:
        current_app.send_task(DRIVE, args=args, expires=EVERY_SECONDS, retry=False)
    except (OperationalError, redis.RedisError, OSError) as error:
        log.warning("registration_not_handed_out", error=type(error).__name__)
