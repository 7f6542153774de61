"""What the commands that take a sheet share: checked whole, taken whole, every fault printed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import CommandError

from merchants.models import SheetImport
from merchants.services.sheet_work import SheetWork, Status

S = TypeVar("S", bound=SheetImport)


def add_sheet_arguments(parser: ArgumentParser) -> None:
    """The file, and whether it is only looked at."""
    parser.add_argument("file", type=Path, help="CSV in UTF-8, or XLSX.")
    parser.add_argument("--dry-run", action="store_true", help="Check only; take nothing.")


def take_sheet(work: SheetWork[S, Any], options: dict[str, Any], *, actor: str, **whose: Any) -> S:
    """Do the workers' part here and now, in the acquirer's tenant scope; the sheet as it is then.

    Raises CommandError for a file that cannot be read, and with every fault of a faulty sheet.
    """
    file: Path = options["file"]
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}.") from None
    row = work.bring(file_name=file.name, content=content, actor=actor, **whose)
    row = _drive(work, row)
    if not options["dry_run"]:
        row = _drive(work, work.have_taken(row.id, actor=actor))
    return row


def _drive(work: SheetWork[S, Any], row: S) -> S:
    """A worker that came first has done the same."""
    work.drive(row.id, acquirer_id=row.acquirer_id)
    row.refresh_from_db()
    if row.status == Status.FAULTY:
        lines = [_line(*fault) for fault in row.faults]
        raise CommandError("\n".join([f"{len(lines)} faults; nothing was taken.", *lines]))
    return row


def _line(row: int, column: str, message: str) -> str:
    where = f"row {row}" if row else "the sheet"
    return f"  {where}{', ' + column if column else ''}: {message}"
