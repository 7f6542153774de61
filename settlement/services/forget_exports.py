"""Exports that are old are forgotten, with their files."""

from django.core.files.storage import storages

from settlement.models import Export
from tenancy.retention import oldest_kept
from tenancy.scope import platform_scope

_FORGOTTEN_AT_ONCE = 200


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
