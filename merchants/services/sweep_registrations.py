"""The registrations' sweep: it finds what lacks a row and what is due, whatever was lost."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from kernel import clock
from merchants.services.move_merchant import activate_registered
from merchants.services.register import request_missing
from tenancy.handing_out import hand_out
from tenancy.scope import platform_scope

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
    return hand_out(DRIVE, _list_due(clock.now()), expires_seconds=EVERY_SECONDS)


def _list_due(now: datetime) -> list[tuple[UUID, UUID]]:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE, [now, BATCH_LIMIT])
        rows: list[tuple[UUID, UUID]] = cursor.fetchall()
        return rows
