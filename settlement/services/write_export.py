"""A worker's part of an export: rows are copied out of the database piece by piece into a file.

Dying on any line leaves a row that is due again when its lease ends, and a temporary file that the
system removes; a file is known only once its row says where it lies. No connection to the database
is held while the file goes to the storage.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString
from uuid import UUID

import structlog
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import F, QuerySet

from kernel import clock, ids
from kernel.errors import TillgateError
from settlement.exports.selection import select_rows
from settlement.exports.tables import TABLES, Table
from settlement.exports.writing import CsvSink, Sink, XlsxSink
from settlement.models import Export
from settlement.models.export import random_place
from settlement.services.ask_export import check_may
from tenancy.postgres import release_connection
from tenancy.saving import faulty
from tenancy.scope import acting, tenant_scope

log = structlog.get_logger(__name__)

Form, Status = Export.Form, Export.Status
LEASE = timedelta(minutes=2)  # of one piece
TRIES_LIMIT = 3
ROWS_LIMIT = 5_000_000
PIECE = {Form.XLSX: 20_000, Form.CSV: 100_000}  # rows of one COPY
_LINES = 2000  # of CSV, that are written at once
_ROWS = 200  # of a workbook
_READ = 1024 * 1024
_TOO_OFTEN = "It could not be written; the log says why."

_LAST: LiteralString = "SELECT min(id::text), count(*) FROM ({piece}) AS piece"
_COPY: LiteralString = """
COPY (SELECT {columns} FROM {rows} WHERE row.id IN ({piece}) ORDER BY row.id DESC) TO STDOUT
"""
_AS_CSV = "WITH (FORMAT csv)"


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
        with _sink(row, path, table) as sink:
            for done in _fill(sink, table, rows, PIECE[Form(row.form)]):
                _keep(row, rows_done=done, due_at=clock.now() + LEASE)
        _hand_over(row, path)


def _sink(row: Export, path: Path, table: Table) -> Sink:
    return (XlsxSink if row.form == Form.XLSX else CsvSink)(path, table.columns)


def _fill(sink: Sink, table: Table, rows: QuerySet[Any], piece: int) -> Iterator[int]:
    """Newest first; how many rows are in the file, after each piece."""
    done, last = 0, None
    while True:
        wanted = (rows if last is None else rows.filter(id__lt=last)).order_by("-id")
        found = _last_of(wanted, piece)
        if found is None:
            return
        last, count = found
        if isinstance(sink, CsvSink):
            _copy_lines(sink, table, wanted.filter(id__gte=last))
        else:
            _copy_rows(sink, table, wanted.filter(id__gte=last))
        done += count
        yield done


def _last_of(rows: QuerySet[Any], count: int) -> tuple[UUID, int] | None:
    """The last id of the next ``count`` rows, and how many there are."""
    piece, params = rows.values("id")[:count].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(piece=piece), params)
        row = cursor.fetchone()
    return None if row is None or row[0] is None else (UUID(row[0]), row[1])


def _copy_lines(sink: CsvSink, table: Table, rows: QuerySet[Any]) -> None:
    """The database writes the lines of the file."""
    lines: list[bytes] = []
    statement, params = _statement(table, rows, [column.csv for column in table.columns])
    with connection.cursor() as cursor, cursor.copy(statement + _AS_CSV, params) as copy:
        for line in copy:
            lines.append(bytes(line))
            if len(lines) == _LINES:
                sink.write_lines(b"".join(lines))
                lines.clear()
                time.sleep(0)  # a worker's other tasks run in this thread
    sink.write_lines(b"".join(lines))


def _copy_rows(sink: XlsxSink, table: Table, rows: QuerySet[Any]) -> None:
    statement, params = _statement(table, rows, [column.sql for column in table.columns])
    with connection.cursor() as cursor, cursor.copy(statement, params) as copy:
        rows = iter(copy.rows())
        while some := list(islice(rows, _ROWS)):
            sink.write(some)
            time.sleep(0)  # a worker's other tasks run in this thread


def _statement(
    table: Table, rows: QuerySet[Any], columns: Sequence[str]
) -> tuple[str, tuple[Any, ...]]:
    piece, params = rows.order_by().values("id").query.sql_with_params()
    told = {"columns": _escaped(", ".join(columns)), "rows": _escaped(table.rows)}
    return _COPY.format(piece=piece, **told), params


def _escaped(sql: str) -> str:
    """The program's own SQL among that with parameters."""
    return sql.replace("%", "%%")


def _hand_over(row: Export, path: Path) -> None:
    digest, place = _digest(path), random_place()
    release_connection()
    with path.open("rb") as content:
        place = storages["documents"].save(place, File(content))
    size = path.stat().st_size
    if not _end(row, Status.DONE, stored_as=place, sha256=digest, size_bytes=size):
        storages["documents"].delete(place)
        raise LeaseLost


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(_READ):
            digest.update(chunk)
    return digest.hexdigest()
