"""Reads a settlement file: what Alipay settled on a day, priced (reference §6.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from settlement.scheme_files.cells import BEIJING, Row
from settlement.scheme_files.table import columns_of, rows_of
from settlement.scheme_files.text import decode, lines_of

COLUMNS = (
    "Partner_transaction_id", "Transaction_id", "Amount", "Rmb_amount", "Fee", "Settlement",
    "Rmb_settlement", "Currency", "Rate", "Payment_time", "Settlement_time", "Type", "Status",
    "Remarks", "Secondary_merchant_industry", "Secondary_merchant_name", "Operator_name",
    "Order_scene", "Trans_currency", "Trans_amount", "Trans_forex_rate",
)  # fmt: skip
PAID, RETURNED = "P", "R"


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """A row; amounts are unsigned minor units of ``currency``: ``net`` is ``amount`` less ``fee``.

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


def read(content: bytes, *, day: date) -> Iterator[SettlementRow]:
    """The rows of the file of settlement day ``day``; an empty file has none.

    Raises FileRefused, for a cell as late as at its row: take the rows only when the last one
    has come.
    """
    lines = lines_of(decode(content)[0])
    if not lines:
        return
    columns = columns_of(lines[0], 1, (COLUMNS,))
    for row in rows_of(lines[1:], columns, 2):
        yield _read_row(row, day)


def _read_row(row: Row, day: date) -> SettlementRow:
    settled_at = row.time("Settlement_time")
    if settled_at.astimezone(BEIJING).date() != day:
        raise row.refused("Settlement_time", f"not on the file's day {day}")
    row.one_of("Status", "L")
    amount, fee, net = row.minor("Amount"), row.minor("Fee"), row.minor("Settlement")
    if amount - fee != net:
        raise row.refused("Settlement", f"not Amount less Fee: {amount} - {fee} is not {net}")
    return SettlementRow(
        line=row.line,
        own_id=row.id("Partner_transaction_id"),
        scheme_id=row.id("Transaction_id"),
        amount=amount,
        fee=fee,
        net=net,
        currency=row.text("Currency"),
        rate=row.rate("Rate"),
        paid_at=row.time("Payment_time"),
        settled_at=settled_at,
        kind=row.one_of("Type", PAID, RETURNED),
        merchant_name=row.text("Secondary_merchant_name"),
    )
