"""Bringing a sheet, and saying that it shall be taken; the work is a worker's (drive_import)."""

import hashlib
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict
from merchants.models import MerchantImport
from merchants.sheets.reading import BYTES_LIMIT
from tenancy.models import Acquirer
from tenancy.saving import faulty

Status = MerchantImport.Status


def bring_sheet(
    acquirer: Acquirer, *, file_name: str, content: bytes, actor: str
) -> MerchantImport:
    """Keep the sheet and have it checked; raises Rejected for an empty or too large file."""
    if not content:
        raise faulty("file", "The file is empty.")
    if len(content) > BYTES_LIMIT:
        raise faulty("file", f"The file is larger than {BYTES_LIMIT // 1024**2} MB.")
    return MerchantImport.objects.create(
        acquirer=acquirer,
        file_name=file_name[-128:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        brought_by=actor[:128],
        due_at=clock.now(),
    )


def take_import(import_id: UUID, *, actor: str) -> MerchantImport:
    """Have it taken, whole; raises Conflict ``import_not_ready`` unless it was found good."""
    with transaction.atomic():
        row = MerchantImport.objects.select_for_update(no_key=True).get(id=import_id)
        if row.status != Status.READY:
            raise Conflict("import_not_ready", f"This sheet is not ready: {row.status}.")
        row.status, row.taken_by = Status.TAKING, actor[:128]
        row.due_at, row.rows_done = clock.now(), 0
        row.save()
    return row
