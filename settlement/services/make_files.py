"""Making a frozen batch's files: by a lease, in a folder of their own, all of them or none.

They are made from the frozen batch alone, so that two who make them make the same bytes; dying
anywhere leaves a filing that is due again.
"""

import gc
import hashlib
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from uuid import UUID

import structlog
from django.core.files.storage import Storage, storages
from django.db import connection, transaction

from kernel import clock
from settlement.files.csv_file import CsvFile
from settlement.files.finished import Finished
from settlement.files.lines import read_lines
from settlement.files.statement import Columns, Lines, Statement
from settlement.models import Batch, FeeInvoice, File, FileKind, Filing, Payout
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=1)  # between two tries; what is owed is never given up
BATCHES_AT_ONCE = 200  # of one round, and not after ROUND_SECONDS; the next round does the rest
ROUND_SECONDS = 60
DIGESTS = "SHA256SUMS"
_WHOLE = [f"batch__{name}" for name in ("merchant", "acquirer", "payout", "invoice")]
_UNSHOWN = "batch__payout__account_number"  # nothing here shows it
_CLAIM = """
UPDATE settlement_filing SET due_at = %(until)s, tries = tries + 1
 WHERE id = (SELECT id FROM settlement_filing WHERE due_at <= %(now)s
              ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, acquirer_id
"""


class Writer(Protocol):
    """One kind of file."""

    kind: str
    ending: str
    content_type: str

    def __init__(self, path: Path, statement: Statement) -> None: ...

    def add(self, lines: Lines, columns: Columns) -> None: ...

    def close(self) -> None: ...


def make_due_files() -> int:
    """Make the files of batches that are owed them; of how many batches."""
    ends, made = time.monotonic() + ROUND_SECONDS, 0
    while made < BATCHES_AT_ONCE and time.monotonic() < ends:
        claimed = _claim()
        if claimed is None:
            break
        made += _try_filing(*claimed)
        gc.collect(1)  # workbooks and canvases refer to themselves, and hold a megabyte each
    return made


def _claim() -> tuple[UUID, UUID] | None:
    now = clock.now()
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE})
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def _try_filing(filing_id: UUID, acquirer_id: UUID) -> bool:
    with tenant_scope(acquirer_id):
        filing = Filing.objects.select_related(*_WHOLE).defer(_UNSHOWN).get(pk=filing_id)
        try:
            make_files(filing.batch)
        except Exception:
            log.exception("files_not_made", settlement=filing.batch.public_id, tries=filing.tries)
            pause = min(timedelta(seconds=2 ** min(filing.tries, 12)), LONGEST_PAUSE)
            Filing.objects.filter(pk=filing_id, due_at__isnull=False).update(
                due_at=clock.now() + pause
            )
            return False
    return True


def make_files(batch: Batch) -> None:
    """Store the batch's files and put them on record; those that are there already stand."""
    with TemporaryDirectory() as folder:
        paths = write_files(batch, Path(folder))
        rows = [_row(batch, path, *facts) for path, facts in paths.items()]
        storage, stored = storages["settlements"], []
        try:
            for row, path in zip(rows, paths, strict=True):
                with path.open("rb") as file:
                    row.stored_as = storage.save(row.stored_as, Finished(file))
                stored.append(row.stored_as)
            kept = _record(batch, rows)
        except BaseException:
            _drop(storage, stored)
            raise
    if not kept:
        _drop(storage, stored)


def write_files(batch: Batch, folder: Path) -> dict[Path, tuple[str, str, str]]:
    """Write the files into ``folder``; each with its kind, content type and digest."""
    # Their libraries take a tenth of a process's start, and few processes write files.
    from settlement.files.invoice_file import InvoiceFile
    from settlement.files.pdf_file import PdfFile
    from settlement.files.xlsx_file import LINES_LIMIT, XlsxFile

    payout: Payout | None = getattr(batch, "payout", None)
    invoice: FeeInvoice | None = getattr(batch, "invoice", None)
    names = batch.merchant.display_name, batch.acquirer.name
    statement = Statement(batch, *names, payout, invoice)
    kinds: list[type[Writer]] = [CsvFile, PdfFile]
    if batch.line_count <= LINES_LIMIT:
        kinds.append(XlsxFile)
    paths = [folder / f"{statement.file_name}.{kind.ending}" for kind in kinds]
    if invoice is not None:
        kinds.append(InvoiceFile)
        paths.append(folder / f"{invoice.file_name}.{InvoiceFile.ending}")
    writers = [kind(path, statement) for kind, path in zip(kinds, paths, strict=True)]
    for lines in read_lines(batch):
        columns = statement.columns_of(lines)
        for writer in writers:
            writer.add(lines, columns)
    for writer in writers:
        writer.close()
    made = {
        path: (kind.kind, kind.content_type, _digest(path))
        for kind, path in zip(kinds, paths, strict=True)
    }
    digests = folder / DIGESTS
    sums = (f"{digest}  {path.name}\n" for path, (_kind, _type, digest) in made.items())
    digests.write_text("".join(sums))
    said = FileKind.DIGESTS.value, "text/plain; charset=utf-8", _digest(digests)
    return made | {digests: said}


def _row(batch: Batch, path: Path, kind: str, content_type: str, digest: str) -> File:
    return File(
        acquirer_id=batch.acquirer_id,
        merchant_id=batch.merchant_id,
        batch=batch,
        kind=kind,
        name=path.name,
        content_type=content_type,
        sha256=digest,
        size_bytes=path.stat().st_size,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(batch: Batch, rows: list[File]) -> bool:
    """Write the rows; false where somebody else has made them meanwhile."""
    with transaction.atomic():
        if not Filing.objects.filter(batch=batch, due_at__isnull=False).update(due_at=None):
            return False
        File.objects.bulk_create(rows)
    return True


def _drop(storage: Storage, stored: list[str]) -> None:
    for name in stored:
        storage.delete(name)
