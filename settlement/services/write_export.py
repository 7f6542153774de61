"""A worker's part of an export: rows are copied out of the database piece by piece into a file.

Dying on any line leaves a row that is due again when its lease ends, and a temporary file that the
system removes; a file is known only once its row says where it lies. No connection to the database
is held while the file goes to the storage.
"""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import structlog
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, QuerySet

from kernel import clock, ids
from kernel.errors import TillgateError
from settlement.exports.copying import copy_rows
from settlement.exports.selection import select_rows
from settlement.exports.tables import TABLES
from settlement.exports.writing import CsvSink, XlsxSink
from settlement.models import Export
from settlement.models.export import random_place
from settlement.services.ask_export import check_may
from tenancy.postgres import release_connection
from tenancy.saving import faulty
from tenancy.scope import acting, tenant_scope

log = structlog.get_logger(__name__)

Form, Status = Export.Form, Export.Status
SINKS: dict[str, type[CsvSink] | type[XlsxSink]] = {Form.CSV: CsvSink, Form.XLSX: XlsxSink}
LEASE = timedelta(minutes=2)  # of one piece
TRIES_LIMIT = 3
ROWS_LIMIT = 5_000_000
_TOO_OFTEN = "It could not be written; the log says why."


class LeaseLost(RuntimeError):
    """Another worker has the export by now."""


def write_export(export_id: UUID, *, acquirer_id: UUID) -> None:
    """Write an export that is due; nothing if it is not, or if somebody has it."""
    with tenant_scope(acquirer_id):
        row = _claim(export_id)
        if row is None:
            return
        with acting(row.asked_by.actor, origin=row.public_id):
            try:
                _write(row)
            except LeaseLost:
                log.warning("export_lease_lost", export=row.public_id)
            except TillgateError as refusal:
                faults = " ".join(fault.message for fault in refusal.errors)
                _end(row, Status.FAILED, why_failed=(faults or refusal.detail)[:256])
            except Exception:
                log.exception("export_not_written", export=row.public_id)
                if row.tries >= TRIES_LIMIT:
                    _end(row, Status.FAILED, why_failed=_TOO_OFTEN)


def _claim(export_id: UUID) -> Export | None:
    now = clock.now()
    due = Export.objects.filter(id=export_id, due_at__lte=now)
    if not due.update(claim=ids.new_uuid(), due_at=now + LEASE, tries=F("tries") + 1):
        return None
    return Export.objects.select_related("asked_by").get(id=export_id)


def _mine(row: Export) -> QuerySet[Export, Export]:
    return Export.objects.filter(id=row.id, claim=row.claim)


def _keep(row: Export, **facts: Any) -> None:
    """Write it down, if the lease is still ours; raises LeaseLost."""
    if not _mine(row).update(**facts):
        raise LeaseLost


def _end(row: Export, status: Export.Status, **facts: Any) -> bool:
    """Write down how it ended, if the lease is still ours."""
    with transaction.atomic():
        held = _mine(row).select_for_update(no_key=True).first()
        if held is None:
            return False
        held.status, held.due_at, held.ended_at = status, None, clock.now()
        for name, value in facts.items():
            setattr(held, name, value)
        held.save()
    return True


def _write(row: Export) -> None:
    if row.tries > TRIES_LIMIT:
        raise faulty("tries", _TOO_OFTEN)
    check_may(row.asked_by, row.of)
    table = TABLES[row.of]
    asked = ids.first_uuid_at(row.created_at + timedelta(milliseconds=1))
    rows = select_rows(row.asked_by, table, row.filters).filter(id__lt=asked)
    total = rows.count()
    if total > ROWS_LIMIT:
        raise faulty("filters", f"{total} rows, and at most {ROWS_LIMIT}: choose fewer.")
    _keep(row, rows_total=total, rows_done=0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / row.form
        with SINKS[row.form](path, table.columns) as sink:
            for done in copy_rows(rows, table, sink):
                _keep(row, rows_done=done, due_at=clock.now() + LEASE)
        _hand_over(row, path, sink.sha256())


def _hand_over(row: Export, path: Path, sha256: str) -> None:
    place, size = random_place(), path.stat().st_size
    release_connection()
    with path.open("rb") as content:
        place = storages["documents"].save(place, _Finished(content, str(path)))
    if not _end(row, Status.DONE, stored_as=place, sha256=sha256, size_bytes=size):
        storages["documents"].delete(place)
        raise LeaseLost


class _Finished(File):  # type: ignore[type-arg]
    """A file that its storage may move to its place, where both are folders, instead of copying."""

    def temporary_file_path(self) -> str:
        """Where it lies: FileSystemStorage asks for it."""
        return str(self.name)
