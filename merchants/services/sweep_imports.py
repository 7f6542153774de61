"""The imports' sweep: what is due is handed out; sheets that nobody took are let go of."""

from datetime import timedelta

import redis
import structlog
from celery import current_app
from django.db import connection
from kombu.exceptions import OperationalError

from kernel import clock
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

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
    for import_id, acquirer_id in due:
        args = [str(import_id), str(acquirer_id)]
        try:
            current_app.send_task(DRIVE, args=args, expires=EVERY_SECONDS, retry=False)
        except (OperationalError, redis.RedisError, OSError) as error:
            log.warning("import_not_handed_out", error=type(error).__name__)
    return len(due)
