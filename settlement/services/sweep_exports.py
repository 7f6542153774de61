"""The exports' sweep: what is due is handed out; files that are old are forgotten."""

import redis
import structlog
from celery import current_app
from django.core.files.storage import storages
from django.db import connection
from kombu.exceptions import OperationalError

from kernel import clock
from settlement.models import Export
from tenancy.retention import oldest_kept
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

WRITE = "settlement.write_export"
EVERY_SECONDS = 2
_BATCH = 20
_FORGOTTEN_AT_ONCE = 200
_DUE = "SELECT id, acquirer_id FROM settlement_export WHERE due_at <= %s ORDER BY due_at LIMIT %s"


def sweep() -> int:
    """How many were handed out."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE, [clock.now(), _BATCH])
        due = cursor.fetchall()
    for export_id, acquirer_id in due:
        args = [str(export_id), str(acquirer_id)]
        try:
            current_app.send_task(WRITE, args=args, expires=EVERY_SECONDS, retry=False)
        except (OperationalError, redis.RedisError, OSError) as error:
            log.warning("export_not_handed_out", error=type(error).__name__)
    return len(due)


def forget_old_exports() -> int:
    """Delete the files, then the rows, of what is older than it is kept; how many."""
    with platform_scope():
        old = Export.objects.filter(
            due_at__isnull=True, created_at__lt=oldest_kept("settlement_export")
        )
        rows = list(old.order_by("id")[:_FORGOTTEN_AT_ONCE])
        for row in rows:
            if row.stored_as:
                storages["documents"].delete(row.stored_as)
            Export.objects.filter(id=row.id).delete()
    return len(rows)
