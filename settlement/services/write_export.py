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
from django.core.files.storage import storages
from django.db import transaction

from kernel import clock, ids
from kernel.errors import TillgateError
from settlement.exports.copying import copy_rows
from settlement.exports.selection import select_rows
from settlement.exports.tables import TABLES
from settlement.exports.writing import CsvSink, XlsxSink
from settlement.files.finished import Finished
from settlement.models import Export
from settlement.models.export import random_place
from settlement.services.ask_export import check_may
from tenancy.due_work import LeaseLost, LimitedWork
from tenancy.postgres import release_connection
from tenancy.saving import faulty
from tenancy.scope import acting, tenant_scope

log = structlog.get_logger(__name__)

Form, Status = Export.Form, Export.Status
SINKS: dict[str, type[CsvSink] | type[XlsxSink]] = {Form.CSV: CsvSink, Form.XLSX: XlsxSink}
ROWS_LIMIT = 5_000_000
_TOO_OFTEN = "It could not be written; the log says why."
EXPORTS = LimitedWork(
    model=Export,
    task="settlement.write_export",
    every_seconds=2,
    lease=timedelta(minutes=2),  # of one piece
    related=("asked_by",),
    tries_limit=3,
)


def write_export(export_id: UUID, *, acquirer_id: UUID) -> None:
    """Write an export that is due; nothing if it is not, or if somebody has it."""
    with tenant_scope(acquirer_id):
        row = EXPORTS.take(export_id)
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
                if EXPORTS.is_last_try(row):
                    _end(row, Status.FAILED, why_failed=_TOO_OFTEN)


def _end(row: Export, status: Export.Status, **facts: Any) -> bool:
    """Write down how it ended, if the lease is still ours."""
    with transaction.atomic():
        held = EXPORTS.hold(row)
        if held is None:
            return False
        held.status, held.ended_at = status, clock.now()
        held.rest()
        for name, value in facts.items():
            setattr(held, name, value)
        held.save()
    return True


def _write(row: Export) -> None:
    if EXPORTS.is_one_too_many(row):
        raise faulty("tries", _TOO_OFTEN)
    check_may(row.asked_by, row.of)
    table = TABLES[row.of]
    asked = ids.first_uuid_at(row.created_at + timedelta(milliseconds=1))
    rows = select_rows(row.asked_by, table, row.filters).filter(id__lt=asked)
    total = rows.count()
    if total > ROWS_LIMIT:
        raise faulty("filters", f"{total} rows, and at most {ROWS_LIMIT}: choose fewer.")
    EXPORTS.keep(row, rows_total=total, rows_done=0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / row.form
        with SINKS[row.form](path, table.columns) as sink:
            for done in copy_rows(rows, table, sink):
                EXPORTS.keep(row, rows_done=done)
        _hand_over(row, path, sink.sha256())


def _hand_over(row: Export, path: Path, sha256: str) -> None:
    place, size = random_place(), path.stat().st_size
    release_connection()
    with path.open("rb") as content:
        place = storages["documents"].save(place, Finished(content))
    if not _end(row, Status.DONE, stored_as=place, sha256=sha256, size_bytes=size):
        storages["documents"].delete(place)
        raise LeaseLost
