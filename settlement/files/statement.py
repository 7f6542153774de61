"""What a statement says, whatever the kind of its file: its rows, columns and amounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple
from uuid import UUID

from kernel import ids
from kernel.currencies import minor_digits
from merchants.models import Store
from payments.models import Payment, Refund
from settlement.models import Batch, FeeInvoice, FeeVersion, Payout

SCHEMA_VERSION = 2
COLUMNS = (
    "schema_version", "settlement", "business_date", "kind", "booked_at", "belongs_to", "payment",
    "refund", "merchant_reference", "refund_reference", "scheme_transaction", "store", "store_name",
    "currency", "gross", "fee", "vat", "net", "fee_version", "fee_plan", "vat_rate",
)  # fmt: skip
AMOUNTS = frozenset({"gross", "fee", "vat", "net"})  # in major units; the others are texts
_EMPTY = len(COLUMNS[COLUMNS.index("kind") + 1 : COLUMNS.index("currency")])
# What moves the merchant's money besides the lines: before them, and after.
_BEFORE, _AFTER = ("opening",), ("reserved", "released", "paid_out")


Row = list[str | int]


class LineRow(NamedTuple):
    """A line of the batch with what its payment says. Amounts are minor units.

    ``booked_at`` is RFC 3339 in UTC, ``wall_time`` the same minute in the batch's zone.
    ``fee_plan`` is what charged it (``Standard v2``), ``vat_rate`` per cent (``6``), and
    ``vat_note`` what the invoice says of that rate.
    """

    kind: str
    booked_at: str
    wall_time: str
    belongs_to: str
    payment_id: UUID | None
    refund_id: UUID | None
    merchant_reference: str
    refund_reference: str
    scheme_transaction: str
    store_id: UUID | None
    store_name: str
    gross: int
    fee: int
    vat: int
    net: int
    fee_version_id: UUID | None = None
    fee_plan: str = ""
    vat_rate: str = ""
    vat_note: str = ""


@dataclass(frozen=True)
class Statement:
    """A batch and whose it is; ``payout`` is None where nothing was paid."""

    batch: Batch
    merchant_name: str
    acquirer_name: str
    payout: Payout | None
    invoice: FeeInvoice | None = None

    @property
    def digits(self) -> int:
        """Decimals of its currency."""
        return minor_digits(self.batch.currency)

    @property
    def file_name(self) -> str:
        """``statement-2026-11-18-HKD-7``; that of test money says so."""
        batch = self.batch
        mode = "" if batch.livemode else "test-"
        return f"{mode}statement-{batch.business_date}-{batch.currency}-{batch.number}"

    def rows_before(self) -> Iterator[Row]:
        """The row that stands before the lines."""
        return self._own_rows(_BEFORE)

    def rows_after(self) -> Iterator[Row]:
        """The rows that stand after the lines; then ``net`` has added up to the closing."""
        return self._own_rows(_AFTER)

    def row_of(self, line: LineRow) -> Row:
        """A line's row in the order of COLUMNS: AMOUNTS are whole minor units, all others texts."""
        return [
            *self._beginning,
            line.kind,
            line.booked_at,
            line.belongs_to,
            _public(Payment.PREFIX, line.payment_id),
            _public(Refund.PREFIX, line.refund_id),
            line.merchant_reference,
            line.refund_reference,
            line.scheme_transaction,
            _repeated(Store.PREFIX, line.store_id),
            line.store_name,
            self.batch.currency,
            line.gross,
            line.fee,
            line.vat,
            line.net,
            _repeated(FeeVersion.PREFIX, line.fee_version_id),
            line.fee_plan,
            line.vat_rate,
        ]

    @cached_property
    def _beginning(self) -> list[str]:
        """The first three cells of every row."""
        batch = self.batch
        return [str(SCHEMA_VERSION), batch.public_id, batch.business_date.isoformat()]

    def _own_rows(self, names: tuple[str, ...]) -> Iterator[Row]:
        for name in names:
            minor = getattr(self.batch, f"{name}_minor")
            sums = [self.batch.currency, minor, 0, 0, minor]
            yield [*self._beginning, name, *[""] * _EMPTY, *sums, "", "", ""]


def show_amount(minor: int, digits: int, separator: str = "") -> str:
    """Major units with exactly ``digits`` decimals: ``-1200.50``, or ``-1,200.50`` with commas."""
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:{separator}}.{part:0{digits}}" if digits else f"{sign}{whole:{separator}}"


def _public(prefix: str, row_id: UUID | None) -> str:
    return "" if row_id is None else ids.encode(prefix, row_id)


_repeated = lru_cache(1024)(_public)  # of what many lines name
