"""What a statement says, whatever the kind of its file: its rows, columns and amounts."""

from collections.abc import Iterable, Sequence
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
# What others have written: it may look like a formula, or hold any character.
FOREIGN = frozenset(
    {"merchant_reference", "refund_reference", "scheme_transaction", "store_name", "fee_plan"}
)
_EMPTY = len(COLUMNS[COLUMNS.index("kind") + 1 : COLUMNS.index("currency")])
# What moves the merchant's money besides the lines: before them, and after.
_BEFORE, _AFTER = ("opening",), ("reserved", "released", "paid_out")


Columns = Sequence[Sequence[str]]  # in the order of COLUMNS, each with a text for each row


class Lines(NamedTuple):
    """Some lines of the batch with what their payments say, column by column: a million lines are
    too many to look at one by one. Amounts are minor units.

    ``booked_at`` is RFC 3339 in UTC, ``wall_time`` the same minute in the batch's zone.
    ``fee_plan`` is what charged it (``Standard v2``), ``vat_rate`` per cent (``6``), and
    ``vat_note`` what the invoice says of that rate.
    """

    kind: Sequence[str]
    booked_at: Sequence[str]
    wall_time: Sequence[str]
    belongs_to: Sequence[str]
    payment_id: Sequence[UUID | None]
    refund_id: Sequence[UUID | None]
    merchant_reference: Sequence[str]
    refund_reference: Sequence[str]
    scheme_transaction: Sequence[str]
    store_id: Sequence[str | None]
    store_name: Sequence[str]
    gross: Sequence[int]
    fee: Sequence[int]
    vat: Sequence[int]
    net: Sequence[int]
    fee_version_id: Sequence[str | None]
    fee_plan: Sequence[str]
    vat_rate: Sequence[str]
    vat_note: Sequence[str]


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

    def rows_before(self) -> Columns:
        """The row that stands before the lines."""
        return self._own_rows(_BEFORE)

    def rows_after(self) -> Columns:
        """The rows that stand after the lines; then ``net`` has added up to the closing."""
        return self._own_rows(_AFTER)

    def columns_of(self, lines: Lines) -> Columns:
        """What the files say of the lines."""
        many, digits = len(lines.kind), self.digits
        return [
            *([text] * many for text in self._beginning),
            lines.kind,
            lines.booked_at,
            lines.belongs_to,
            _public(Payment.PREFIX, lines.payment_id),
            _public(Refund.PREFIX, lines.refund_id),
            lines.merchant_reference,
            lines.refund_reference,
            lines.scheme_transaction,
            _repeated(Store.PREFIX, lines.store_id),
            lines.store_name,
            [self.batch.currency] * many,
            *(show_amounts(each, digits) for each in (lines.gross, lines.fee, lines.vat)),
            show_amounts(lines.net, digits),
            _repeated(FeeVersion.PREFIX, lines.fee_version_id),
            lines.fee_plan,
            lines.vat_rate,
        ]

    @cached_property
    def _beginning(self) -> list[str]:
        """The first three cells of every row."""
        batch = self.batch
        return [str(SCHEMA_VERSION), batch.public_id, batch.business_date.isoformat()]

    def _own_rows(self, names: tuple[str, ...]) -> Columns:
        rows = []
        for name in names:
            minor = getattr(self.batch, f"{name}_minor")
            sums = show_amounts([minor, 0, 0, minor], self.digits)
            texts = [*self._beginning, name, *[""] * _EMPTY, self.batch.currency]
            rows.append([*texts, *sums, "", "", ""])
        return list(zip(*rows, strict=True))


def show_amount(minor: int, digits: int, separator: str = "") -> str:
    """Major units with exactly ``digits`` decimals: ``-1200.50``, or ``-1,200.50`` with commas."""
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:{separator}}.{part:0{digits}}" if digits else f"{sign}{whole:{separator}}"


def show_amounts(minors: Iterable[int], digits: int) -> list[str]:
    """The same of many, without commas: the digits of each, with the point in between."""
    if not digits:
        return list(map(str, minors))
    shown = [f"{minor:0{digits + 1 + (minor < 0)}d}" for minor in minors]
    return [f"{text[:-digits]}.{text[-digits:]}" for text in shown]


def group_thousands(amounts: Iterable[str], digits: int) -> list[str]:
    """What ``show_amounts`` gives, with commas: ``-1,200.50``."""
    if not digits:
        return [f"{int(text):,}" for text in amounts]
    point = -digits - 1
    short = 4 - point  # characters, from which there may be a thousand
    return [
        f"{int(text[:point]):,}{text[point:]}" if len(text) >= short else text for text in amounts
    ]


def _public(prefix: str, row_ids: Iterable[UUID | None]) -> list[str]:
    return ["" if each is None else ids.encode(prefix, each) for each in row_ids]


def _repeated(prefix: str, row_ids: Iterable[str | None]) -> list[str]:
    """The same, of what many lines name: as texts, which are quick to look up."""
    return ["" if each is None else _encoded(prefix, each) for each in row_ids]


@lru_cache(1024)
def _encoded(prefix: str, row_id: str) -> str:
    return ids.encode(prefix, UUID(row_id))
