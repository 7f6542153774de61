"""The imports' sweep: what is due is handed out; sheets that nobody took are let go of."""

from datetime import timedelta

from django.db import connection

from kernel import clock
from tenancy.handing_out import hand_out
from tenancy.scope import platform_scope

DRIVE = "merchants.drive_import"
EVERY_SECONDS = 2
KEPT = timedelta(days=7)  # a sheet that nobody took
_BATCH = 20
_DUE = """
SELECT id, acquirer_id FROM merchants_merchantimport
 WHERE due_at <= %s ORDER BY due_at LIMIT %s
"""
_FORGET = """
UPDATE merchants_merchantimport SET content = NULL
 WHERE id IN (SELECT id FROM merchants_merchantimport
               WHERE content IS NOT NULL AND due_at IS NULL AND created_at < %s LIMIT %s)
"""


def sweep() -> int:
    """How many were handed out."""
    now = clock.now()
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_FORGET, [now - KEPT, _BATCH])
        cursor.execute(_DUE, [now, _BATCH])
        due = cursor.fetchall()
    return hand_out(DRIVE, due, expires_seconds=EVERY_SECONDS)
