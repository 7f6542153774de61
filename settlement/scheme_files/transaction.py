"""Reads a transaction file: what Alipay says happened on a Beijing day (reference §6.2)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import IO, NamedTuple

from kernel.currencies import MINOR_DIGITS, minor_digits
from settlement.scheme_files.cells import BEIJING, LONGEST_ID, Columns, Row, plain_minor
from settlement.scheme_files.piece import (
    CLOCK,
    NAME,
    OWN_ID,
    SCHEME_ID,
    Form,
    Piece,
    amount,
    cells_told,
    currencies,
    pieces_of,
)
from settlement.scheme_files.refusal import FileRefused
from settlement.scheme_files.table import Remembered, RememberedTimes, cells_of, columns_of
from settlement.scheme_files.text import Lines

COLUMNS = (
    "Partner_transaction_id", "Transaction_id", "Transaction_amount", "Charge_amount", "Currency",
    "Payment_time", "Transaction_type", "Remark", "Secondary_merchant_industry",
    "Secondary_merchant_name", "Operator_name", "Order_scene", "Trans_currency", "Trans_amount",
    "Trans_forex_rate",
)  # fmt: skip
_OLDER = COLUMNS[:8]
LAYOUTS = (COLUMNS, _OLDER)
KEPT = {
    "Partner_transaction_id": "own_id", "Transaction_id": "scheme_id",
    "Transaction_amount": "amount", "Charge_amount": "fee", "Currency": "currency",
    "Payment_time": "at", "Transaction_type": "kind", "Secondary_merchant_name": "merchant_name",
}  # fmt: skip
TYPES = ("PAYMENT", "REVERSAL", "REFUND", "CANCEL")
_HEAD = re.compile(
    r"Partner:\s*([0-9]{4,32})\|Payment_time:\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\|Total_count:\s*([0-9]{1,9})"
)


class TransactionRow(NamedTuple):
    """A row; ``amount`` and ``fee`` are unsigned minor units of ``currency``.

    ``own_id`` is our partner_trans_id, of a refund our partner_refund_id.
    """

    line: int
    own_id: str
    scheme_id: str
    amount: int
    fee: int
    currency: str
    at: datetime
    kind: str
    merchant_name: str


def read(file: IO[bytes], *, partner: str, day: date) -> Iterator[TransactionRow]:
    """The rows of the file of ``partner`` and ``day``.

    An empty file is a day without rows. Raises FileRefused, as late as at the end, where the count
    is wrong: take the rows only when the last one has come.
    """
    with Lines(file) as lines:
        count, (reader, announced) = 0, _begin(lines, partner, day)
        for number, line in lines:
            count += 1
            yield reader.read(line, number)
        _check_count(announced, count)


def read_pieces(file: IO[bytes], *, partner: str, day: date) -> Iterator[Piece]:
    """The same rows for a COPY, and refused alike."""
    with Lines(file) as lines:
        count, (reader, announced) = 0, _begin(lines, partner, day)
        for piece in pieces_of(lines, reader, reader.form):
            count += piece.rows
            yield piece
        _check_count(announced, count)


def _begin(lines: Lines, partner: str, day: date) -> tuple["_Reader", int]:
    """The reader of the rows that come next, and how many there should be."""
    head = next(lines, None)
    if head is None:
        return _Reader({}, day), 0
    announced = _check_head(head[1], partner, day)
    number, names = next(lines, (2, ""))
    if not names:
        raise FileRefused("the columns' names are missing", line=2)
    return _Reader(columns_of(names, number, LAYOUTS), day), announced


def _check_count(announced: int, count: int) -> None:
    if announced != count:
        reason = f"{announced} rows are announced and {count} are here"
        raise FileRefused(reason, line=1, column="Total_count")


def _check_head(line: str, partner: str, day: date) -> int:
    """How many rows the first line announces."""
    found = _HEAD.fullmatch(line.strip())
    if found is None:
        raise FileRefused("not Partner:…|Payment_time: …|Total_count:…", line=1)
    if found[1] != partner:
        raise FileRefused(f"of partner {found[1]}, not {partner}", line=1, column="Partner")
    if found[2] != day.isoformat():
        raise FileRefused(f"of {found[2]}, not {day}", line=1, column="Payment_time")
    return int(found[3])


class _Reader:
    """Reads the rows of one file, each kind of cell strictly once and from then on by heart."""

    def __init__(self, columns: Columns, day: date) -> None:
        self._columns, self._day = columns, day
        self._digits: Remembered[str, int] = Remembered()
        self._odd: Remembered[tuple[str, str], int] = Remembered()  # amounts in another form
        self._times = RememberedTimes()
        self._texts: Remembered[tuple[str, str], str] = Remembered()

    def read(self, line: str, number: int) -> TransactionRow:
        """The row. Raises FileRefused."""
        cells = cells_of(line, number, self._columns)
        try:
            row = self._by_heart(number, cells)
        except KeyError:
            self._learn(Row(number, cells, self._columns))
            row = self._by_heart(number, cells)
        if row.kind == "PAYMENT":
            Row(number, cells, self._columns).check_sign("Transaction_amount", "Charge_amount")
        return row

    def cells(self, line: str, number: int, digits: int) -> dict[str, str]:
        """What is kept of the row. Raises FileRefused."""
        row = self.read(line, number)
        return cells_told(row, row.at, digits)

    def form(self, line: str) -> Form:
        """The form of the day's rows, in currencies with as many digits as this line's."""
        digits = MINOR_DIGITS.get((line.split("|", 5) + [""] * 5)[4], 2)
        days = "|".join(f"{self._day - timedelta(days=before)}" for before in (0, 1))
        cells = {
            "Partner_transaction_id": OWN_ID,
            "Transaction_id": SCHEME_ID,
            "Transaction_amount": amount(digits),
            "Charge_amount": amount(digits),
            "Currency": currencies(digits),
            "Payment_time": rf"(?:{days}) {CLOCK}",
            "Transaction_type": f"(?:{'|'.join(TYPES)})",
            "Secondary_merchant_name": NAME,
        }
        back = {  # only what is given back may have a minus
            "Transaction_amount": amount(digits, sign="[+-]?"),
            "Charge_amount": amount(digits, sign="[+-]?"),
            "Transaction_type": f"(?:{'|'.join(TYPES[1:])})",
        }
        return Form(digits, self._columns, KEPT, (cells, cells | back))

    def _by_heart(self, number: int, cells: list[str]) -> TransactionRow:
        own_id, scheme_id, currency = cells[0].strip(), cells[1].strip(), cells[4]
        if not (0 < len(own_id) <= LONGEST_ID and 0 < len(scheme_id) <= LONGEST_ID):
            raise KeyError
        texts = self._texts
        return TransactionRow(
            number,
            own_id,
            scheme_id,
            self._amount(cells[2], currency),
            self._amount(cells[3], currency),
            texts["Currency", currency],
            self._times[cells[5].strip()],
            texts["Transaction_type", cells[6]],
            texts["Secondary_merchant_name", cells[9]] if len(cells) > len(_OLDER) else "",
        )

    def _amount(self, text: str, currency: str) -> int:
        try:
            return plain_minor(text, self._digits[currency])
        except KeyError:
            return self._odd[text, currency]

    def _learn(self, row: Row) -> None:
        for known in (self._digits, self._odd, self._texts):
            known.make_room()
        for column in ("Partner_transaction_id", "Transaction_id"):
            row.id(column)
        for column in ("Transaction_amount", "Charge_amount"):
            self._odd[row.raw(column), row.raw("Currency")] = row.minor(column)
        self._digits[row.raw("Currency")] = minor_digits(row.text("Currency"))
        self._times.learn(row.text("Payment_time"), self._time(row))
        kind = row.one_of("Transaction_type", *TYPES)
        self._texts["Transaction_type", row.raw("Transaction_type")] = kind
        for column in ("Currency", "Secondary_merchant_name"):
            self._texts[column, row.raw(column)] = row.text(column)

    def _time(self, row: Row) -> datetime:
        at = row.time("Payment_time")
        if at.astimezone(BEIJING).date() > self._day:
            raise row.refused("Payment_time", f"after the file's day {self._day}")
        return at
