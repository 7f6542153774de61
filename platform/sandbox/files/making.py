"""Makes a day's file: gathers, plants, writes it whole, and notes it down."""

import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from sqlite3 import Connection, Row

from sandbox.clock import BEIJING
from sandbox.files import breaks
from sandbox.files.contract import Contract, contract_of
from sandbox.files.entries import Entry, entries_of
from sandbox.files.layout import settlement_lines, transaction_lines
from sandbox.files.settlement_days import days_settled_on
from sandbox.readings import Readings
from sandbox.storage import Storage

TRANSACTION, SETTLEMENT = KINDS = ("transaction", "settlement")
MADE_AT = time(9, 30)  # in Beijing, of the day after (§6.1: between 09:00 and 10:00)
_KEPT_DAYS = 7  # what is older may vanish, and is not made any more
_ONE_DAY = timedelta(days=1)


def folder_of(storage: Storage, partner: str) -> Path:
    """Where a partner's files lie: its ``/download/``."""
    return storage.folder / "files" / partner


def make(
    storage: Storage, partner: str, kind: str, day: date, now: datetime, readings: Readings
) -> Row:
    """Make (or make again) the file of a day; ``name`` is null for an empty day without a file."""
    with storage.writing() as rows:
        contract = contract_of(rows, partner)
        lines, count = _lines(rows, partner, kind, day, contract, readings)
        name = (
            f"{partner}_{kind}_{day:%Y%m%d}.txt" if count or contract.empty_day == "empty" else None
        )
        if name:
            text = "\n".join(lines) + "\n" if count or kind == TRANSACTION else ""
            _write(folder_of(storage, partner) / name, text.encode(contract.encoding))
        rows.execute(
            "INSERT OR REPLACE INTO daily_file VALUES (?, ?, ?, ?, ?, ?)",
            (partner, kind, day.isoformat(), name, count, now.timestamp()),
        )
    made = find(storage, partner, kind, day)
    assert made is not None  # noqa: S101 - written above
    return made


def find(storage: Storage, partner: str, kind: str, day: date) -> Row | None:
    """What was noted about a day's file."""
    return storage.one(
        "SELECT * FROM daily_file WHERE partner = ? AND kind = ? AND day = ?",
        partner,
        kind,
        day.isoformat(),
    )


def make_what_is_due(storage: Storage, now: datetime, readings: Readings) -> None:
    """The files of the last week that nobody has made yet, but those planned to be late."""
    local = now.astimezone(BEIJING)
    last = local.date() - (_ONE_DAY if local.time() >= MADE_AT else 2 * _ONE_DAY)
    for partner in storage.all("SELECT id FROM partner"):
        for back in range(_KEPT_DAYS):
            for kind in KINDS:
                day = last - back * _ONE_DAY
                if find(storage, partner["id"], kind, day) is None:
                    _make_unless_late(storage, partner["id"], kind, day, now, readings)


def _make_unless_late(
    storage: Storage, partner: str, kind: str, day: date, now: datetime, readings: Readings
) -> None:
    with storage.writing() as rows:
        plan = breaks.planted(rows, partner, kind, day)
    if "file_late" not in {row["name"] for row in plan}:
        make(storage, partner, kind, day, now, readings)


def _lines(
    rows: Connection, partner: str, kind: str, day: date, contract: Contract, readings: Readings
) -> tuple[list[str], int]:
    plan = breaks.planted(rows, partner, kind, day)
    entries, _ = _broken(rows, partner, kind, day, contract, readings)
    entries = _late_ones(rows, partner, kind, day, contract, readings) + entries
    if kind == TRANSACTION:
        lines = transaction_lines(partner, day, entries, contract)
    else:
        lines = settlement_lines(day, entries, contract)
    return (breaks.spoil(lines, plan) if entries else lines), len(entries)


def _late_ones(
    rows: Connection, partner: str, kind: str, day: date, contract: Contract, readings: Readings
) -> list[Entry]:
    """What was planned to be late in the file before this one."""
    before = _file_before(kind, day, contract)
    if before is None:
        return []
    if "late" not in {row["name"] for row in breaks.planted(rows, partner, kind, before)}:
        return []
    return _broken(rows, partner, kind, before, contract, readings)[1]


def _broken(
    rows: Connection, partner: str, kind: str, day: date, contract: Contract, readings: Readings
) -> tuple[list[Entry], list[Entry]]:
    plan = breaks.planted(rows, partner, kind, day)
    entries = list(_entries(rows, partner, kind, day, contract, readings))
    return breaks.plant(entries, plan)


def _entries(
    rows: Connection, partner: str, kind: str, day: date, contract: Contract, readings: Readings
) -> Iterator[Entry]:
    if kind == TRANSACTION:
        yield from entries_of(rows, partner, day, contract)
        return
    for settled in days_settled_on(day, contract):
        for entry in entries_of(rows, partner, settled, contract):
            if readings.cancel_settles or not entry.is_cancelled:
                yield entry


def _file_before(kind: str, day: date, contract: Contract) -> date | None:
    """The day of the file before; None where nothing is settled on ``day``."""
    if kind == TRANSACTION:
        return day - _ONE_DAY
    # The oldest day that is settled now was itself the last working day before this one.
    return next(iter(days_settled_on(day, contract)), None)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: who fetches meanwhile gets the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    os.replace(draft, path)
