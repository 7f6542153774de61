"""Making a journal: written row by row, kept with its digest, refused where it does not balance."""

import csv
import hashlib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from django.core.files.storage import Storage, storages
from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, NotFound
from settlement.files.finished import Finished
from settlement.journals.rows import (
    DAILY_COLUMNS,
    ENTRY_COLUMNS,
    Days,
    read_daily,
    read_entries,
)
from settlement.models import Journal
from settlement.selectors import default_schedule
from tenancy.audit import note
from tenancy.models import Acquirer
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

ROWS_LIMIT = 2_000_000
DAYS_LIMIT = 366
GRACE = timedelta(minutes=5)  # what was posted before a day's end is committed by then
Form = Journal.Form
_READERS = {Form.ENTRIES: (ENTRY_COLUMNS, read_entries), Form.DAILY: (DAILY_COLUMNS, read_daily)}


def make_journal(
    acquirer: Acquirer, first: date, last: date, *, livemode: bool, form: str, actor: str
) -> Journal:
    """Write the journal of these business days, by the cut-off of the acquirer's schedule.

    Raises Rejected for days or a form that cannot be, Conflict ``day_has_not_ended``, and Conflict
    ``journal_too_long`` above ROWS_LIMIT.
    """
    if form not in Form.values:
        raise faulty("form", "entries or daily.")
    if not first <= last < first + timedelta(days=DAYS_LIMIT):
        raise faulty("last_day", f"At most {DAYS_LIMIT} days, the first before the last.")
    with tenant_scope(acquirer.id), TemporaryDirectory() as folder:
        days = Days(acquirer.id, livemode, first, last, default_schedule(acquirer).ends)
        if days.ends_at + GRACE > clock.now():
            raise Conflict("day_has_not_ended", f"{last} ends at {days.ends_at:%Y-%m-%dT%H:%MZ}.")
        path = Path(folder) / "journal"
        row = _row(acquirer, days, form, actor)
        row.rows, row.totals = _write(path, days, form)
        with path.open("rb") as file:
            row.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            row.size_bytes = path.stat().st_size
            _keep(row, file)
    return row


def open_journal(row: Journal, *, by: str) -> IO[bytes]:
    """The bytes; who took them is on the audit trail. Raises NotFound where they are gone."""
    try:
        opened: IO[bytes] = _storage().open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The file is not in its storage.") from None
    detail = {"file": row.name, "sha256": row.sha256, "by": by}
    note("journal_read", row.public_id, acquirer_id=row.acquirer_id, detail=detail)
    return opened


def _row(acquirer: Acquirer, days: Days, form: str, actor: str) -> Journal:
    mode = "" if days.livemode else "test-"
    word = "journal" if form == Form.ENTRIES else "daily-statement"
    return Journal(
        acquirer=acquirer,
        form=form,
        livemode=days.livemode,
        first_day=days.first,
        last_day=days.last,
        zone=days.cut_off.zone,
        name=f"{mode}{word}-{days.first}-{days.last}.csv",
        made_by=actor[:128],
    )


def _write(path: Path, days: Days, form: str) -> tuple[int, dict[str, int]]:
    """How many rows, and the debits by currency, which must be the credits."""
    columns, read = _READERS[Form(form)]
    debits: defaultdict[str, int] = defaultdict(int)
    credits_: defaultdict[str, int] = defaultdict(int)
    count = 0
    # No byte order mark: machines read it.
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for row in read(days):
            if (count := count + 1) > ROWS_LIMIT:
                raise Conflict("journal_too_long", f"More than {ROWS_LIMIT} rows: fewer days.")
            out.writerow(row.cells)
            debits[row.currency] += row.debit
            credits_[row.currency] += row.credit
    if debits != credits_:
        raise Conflict("journal_unbalanced", "Debits and credits differ: check the books.")
    return count, dict(sorted(debits.items()))


def _keep(row: Journal, file: IO[bytes]) -> None:
    file.seek(0)
    row.stored_as = _storage().save(row.stored_as, Finished(file))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException:
        _storage().delete(row.stored_as)
        raise


def _storage() -> Storage:
    return storages["settlements"]
