"""Reads a bank statement as CSV, in the one form that docs/howto/pay-out.md describes.

UTF-8, commas, RFC 4180, a header of exactly COLUMNS, one account and currency, entries in the order
in which the balance ran. Amounts are major units with a point; below zero is money that went out.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date

from kernel.money import AmountNotRepresentable, Money, UnknownCurrency
from settlement.bank.statement import (
    ENTRIES_LIMIT,
    LONGEST_BYTES,
    BankEntry,
    BankStatement,
    StatementRefused,
)

COLUMNS = (
    "account", "currency", "booked_on", "value_on", "amount", "balance", "bank_reference",
    "end_to_end_id", "text",
)  # fmt: skip
Row = dict[str, str]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(content: bytes) -> list[BankStatement]:
    """The one statement of the file. Raises StatementRefused with line and column."""
    if len(content) > LONGEST_BYTES:
        raise StatementRefused(f"longer than {LONGEST_BYTES} bytes", 1)
    rows = list(_rows(content))
    if not rows:
        raise StatementRefused("no entry in it", 1)
    first = rows[0][1]
    entries: list[BankEntry] = []
    balance: int | None = None
    opening = 0
    for line, row in rows:
        for name in ("account", "currency"):
            if row[name] != first[name]:
                raise StatementRefused("another than in the first row", line, name)
        entry = _entry(line, row)
        stands = _minor(row, "balance", line)
        if balance is None:
            opening = stands - entry.minor
        elif balance + entry.minor != stands:
            reason = f"{balance} and {entry.minor} are not {stands}"
            raise StatementRefused(reason, line, "balance")
        balance = stands
        entries.append(entry)
    said = "\n".join("\t".join(row.values()) for _, row in rows)  # whatever its lines end with
    number = f"csv {hashlib.sha256(said.encode()).hexdigest()[:16]}"
    closes_on = max(entry.booked_on for entry in entries if entry.booked_on)
    return [
        BankStatement(
            number, first["account"], first["currency"], opening, balance or 0, closes_on,
            tuple(entries),
        )
    ]  # fmt: skip


def _rows(content: bytes) -> Iterator[tuple[int, Row]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise StatementRefused("not UTF-8", line) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise StatementRefused(f"the header is not {','.join(COLUMNS)}", 1)
        for number, cells in enumerate(reader):
            if number >= ENTRIES_LIMIT:
                raise StatementRefused(f"more than {ENTRIES_LIMIT} entries", reader.line_num)
            if len(cells) != len(COLUMNS):
                reason = f"{len(cells)} cells instead of {len(COLUMNS)}"
                raise StatementRefused(reason, reader.line_num)
            yield (
                reader.line_num,
                {name: cell.strip() for name, cell in zip(COLUMNS, cells, strict=True)},
            )
    except csv.Error as error:
        raise StatementRefused(f"no CSV: {error}", reader.line_num) from None


def _entry(line: int, row: Row) -> BankEntry:
    if not row["account"]:
        raise StatementRefused("the account is missing", line, "account")
    minor = _minor(row, "amount", line)
    if minor == 0:
        raise StatementRefused("an entry of nothing", line, "amount")
    booked_on = _day(row, "booked_on", line)
    return BankEntry(
        line=line,
        minor=minor,
        currency=row["currency"],
        booked_on=booked_on,
        value_on=_day(row, "value_on", line) if row["value_on"] else booked_on,
        bank_reference=row["bank_reference"][:140],
        references=tuple(name for name in [row["end_to_end_id"][:140]] if name),
        remittance=row["text"][:1000],
        is_reversal=False,
    )


def _minor(row: Row, name: str, line: int) -> int:
    try:
        return Money.from_decimal(row[name], row["currency"]).minor
    except (AmountNotRepresentable, UnknownCurrency) as error:
        raise StatementRefused(str(error), line, name) from None


def _day(row: Row, name: str, line: int) -> date:
    try:
        if _DAY.fullmatch(row[name]) is None:
            raise ValueError
        return date.fromisoformat(row[name])
    except ValueError:
        raise StatementRefused(f"{row[name][:20]!r} is no day", line, name) from None
