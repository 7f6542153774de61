"""Reads a settlement file: what Alipay settled on a day, priced (reference §6.3)."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, NamedTuple

from kernel.currencies import MINOR_DIGITS, minor_digits
from settlement.scheme_files.cells import BEIJING, LONGEST_ID, Columns, Row, plain_minor
from settlement.scheme_files.piece import (
    CLOCK,
    DATE,
    NAME,
    OWN_ID,
    RATE,
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
    "Partner_transaction_id", "Transaction_id", "Amount", "Rmb_amount", "Fee", "Settlement",
    "Rmb_settlement", "Currency", "Rate", "Payment_time", "Settlement_time", "Type", "Status",
    "Remarks", "Secondary_merchant_industry", "Secondary_merchant_name", "Operator_name",
    "Order_scene", "Trans_currency", "Trans_amount", "Trans_forex_rate",
)  # fmt: skip
KEPT = {
    "Partner_transaction_id": "own_id", "Transaction_id": "scheme_id", "Amount": "amount",
    "Fee": "fee", "Currency": "currency", "Payment_time": "at",
    "Type": "kind", "Secondary_merchant_name": "merchant_name", "Rate": "rate",
    "Rmb_amount": "rmb", "Rmb_settlement": "rmb_settlement",
}  # fmt: skip
PAID, RETURNED = "P", "R"
_SIGNED = ("Amount", "Fee", "Settlement", "Rmb_amount", "Rmb_settlement")


class SettlementRow(NamedTuple):
    """A row; amounts are unsigned minor units of ``currency``: ``net`` is ``amount`` less ``fee``.
    ``rmb`` and ``rmb_settlement`` are fen.

    ``own_id`` is our partner_trans_id, of a refund our partner_refund_id, and of a cancelled
    payment the scheme's own id again.
    """

    line: int
    own_id: str
    scheme_id: str
    amount: int
    fee: int
    net: int
    currency: str
    rate: Decimal | None
    paid_at: datetime
    settled_at: datetime
    kind: str
    merchant_name: str
    rmb: int | None
    rmb_settlement: int | None


def read(file: IO[bytes], *, day: date) -> Iterator[SettlementRow]:
    """The rows of the file of settlement day ``day``; an empty file has none.

    Raises FileRefused, for a cell as late as at its row: take the rows only when the last one
    has come.
    """
    with Lines(file) as lines:
        reader = _begin(lines, day)
        for number, line in lines:
            yield reader.read(line, number)


def read_pieces(file: IO[bytes], *, day: date) -> Iterator[Piece]:
    """The same rows for a COPY, and refused alike."""
    with Lines(file) as lines:
        reader = _begin(lines, day)
        yield from pieces_of(lines, reader, reader.form)


def _begin(lines: Lines, day: date) -> "_Reader":
    """The reader of the rows that come next."""
    head = next(lines, None)
    return _Reader({} if head is None else columns_of(head[1], head[0], (COLUMNS,)), day)


class _Reader:
    """Reads the rows of one file, each kind of cell strictly once and from then on by heart."""

    def __init__(self, columns: Columns, day: date) -> None:
        self._columns, self._day, self._last = columns, day, str(day)
        self._digits: Remembered[str, int] = Remembered()
        self._odd: Remembered[tuple[str, str], int] = Remembered()  # amounts in another form
        self._paid, self._settled = RememberedTimes(), RememberedTimes()
        self._rates: Remembered[str, Decimal | None] = Remembered()
        self._odd_fen: Remembered[str, int | None] = Remembered()
        self._texts: Remembered[tuple[str, str], str] = Remembered()

    def read(self, line: str, number: int) -> SettlementRow:
        """The row. Raises FileRefused."""
        cells = cells_of(line, number, self._columns)
        try:
            row = self._by_heart(number, cells)
        except KeyError:
            self._learn(Row(number, cells, self._columns))
            row = self._by_heart(number, cells)
        if row.kind == PAID:
            Row(number, cells, self._columns).check_sign(*_SIGNED)
        if row.amount - row.fee != row.net:
            reason = f"not Amount less Fee: {row.amount} - {row.fee} is not {row.net}"
            raise FileRefused(reason, line=number, column="Settlement")
        return row

    def cells(self, line: str, number: int, digits: int) -> dict[str, str]:
        """What is kept of the row. Raises FileRefused."""
        row = self.read(line, number)
        return cells_told(row, row.paid_at, digits) | {
            "rate": "" if row.rate is None else f"{row.rate:f}",
            "rmb": _yuan(row.rmb),
            "rmb_settlement": _yuan(row.rmb_settlement),
        }

    def form(self, line: str) -> Form:
        """The form of the day's rows, in currencies with as many digits as this line's."""
        digits = MINOR_DIGITS.get((line.split("|", 8) + [""] * 8)[7], 2)
        cells = {
            "Partner_transaction_id": OWN_ID,
            "Transaction_id": SCHEME_ID,
            "Amount": amount(digits),
            "Fee": amount(digits),
            "Settlement": amount(digits),
            "Rmb_amount": f"(?:{amount(2)})?",
            "Rmb_settlement": f"(?:{amount(2)})?",
            "Currency": currencies(digits),
            "Rate": RATE,
            "Payment_time": f"{DATE} {CLOCK}",
            "Settlement_time": f"{self._day} {CLOCK}",
            "Type": f"(?:{PAID}|{RETURNED})",
            "Status": "L",
            "Secondary_merchant_name": NAME,
        }
        signed = amount(digits, sign="[+-]?")
        back = {"Amount": signed, "Fee": signed, "Settlement": signed, "Type": RETURNED}
        in_rmb = f"(?:{amount(2, sign='[+-]?')})?"
        back |= {"Rmb_amount": in_rmb, "Rmb_settlement": in_rmb}
        return Form(digits, self._columns, KEPT, (cells, cells | back), self._is_right)

    def _is_right(self, line: str) -> bool:
        cells, at = line.split("|"), self._columns
        if cells[at["Payment_time"]][:10] > self._last:
            return False
        names = ("Amount", "Fee", "Settlement")
        amount, fee, net = (abs(Decimal(cells[at[name]])) for name in names)
        return amount - fee == net

    def _by_heart(self, number: int, cells: list[str]) -> SettlementRow:
        own_id, scheme_id, currency = cells[0].strip(), cells[1].strip(), cells[7]
        if not (0 < len(own_id) <= LONGEST_ID and 0 < len(scheme_id) <= LONGEST_ID):
            raise KeyError
        texts = self._texts
        texts["Status", cells[12]]
        return SettlementRow(
            number,
            own_id,
            scheme_id,
            self._amount(cells[2], currency),
            self._amount(cells[4], currency),
            self._amount(cells[5], currency),
            texts["Currency", currency],
            self._rates[cells[8]],
            self._paid[cells[9].strip()],
            self._settled[cells[10].strip()],
            texts["Type", cells[11]],
            texts["Secondary_merchant_name", cells[15]],
            self._fen(cells[3]),
            self._fen(cells[6]),
        )

    def _amount(self, text: str, currency: str) -> int:
        try:
            return plain_minor(text, self._digits[currency])
        except KeyError:
            return self._odd[text, currency]

    def _fen(self, text: str) -> int | None:
        try:
            return plain_minor(text, 2)
        except KeyError:
            return self._odd_fen[text]

    def _learn(self, row: Row) -> None:
        for known in (self._digits, self._odd, self._odd_fen, self._rates, self._texts):
            known.make_room()
        for column in ("Partner_transaction_id", "Transaction_id"):
            row.id(column)
        for column in ("Amount", "Fee", "Settlement"):
            self._odd[row.raw(column), row.raw("Currency")] = row.minor(column)
        for column in ("Rmb_amount", "Rmb_settlement"):
            self._odd_fen[row.raw(column)] = row.fen(column)
        self._digits[row.raw("Currency")] = minor_digits(row.text("Currency"))
        self._rates[row.raw("Rate")] = row.rate("Rate")
        self._paid.learn(row.text("Payment_time"), self._paid_at(row))
        self._settled.learn(row.text("Settlement_time"), self._time(row))
        self._texts["Type", row.raw("Type")] = row.one_of("Type", PAID, RETURNED)
        self._texts["Status", row.raw("Status")] = row.one_of("Status", "L")
        for column in ("Currency", "Secondary_merchant_name"):
            self._texts[column, row.raw(column)] = row.text(column)

    def _paid_at(self, row: Row) -> datetime:
        at = row.time("Payment_time")
        if at.astimezone(BEIJING).date() > self._day:
            raise row.refused("Payment_time", f"after the file's day {self._day}")
        return at

    def _time(self, row: Row) -> datetime:
        at = row.time("Settlement_time")
        if at.astimezone(BEIJING).date() != self._day:
            raise row.refused("Settlement_time", f"not on the file's day {self._day}")
        return at


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{Decimal(fen).scaleb(-2):f}"
