"""The exports' sweep: what is due is handed out; files that are old are forgotten."""

from django.core.files.storage import storages
from django.db import connection

from kernel import clock
from settlement.models import Export
from tenancy.handing_out import hand_out
from tenancy.retention import oldest_kept
from tenancy.scope import platform_scope

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
    return hand_out(WRITE, due, expires_seconds=EVERY_SECONDS)


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
