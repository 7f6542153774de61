"""Reads a transaction file: what Alipay says happened on a Beijing day (reference §6.2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from settlement.scheme_files.cells import BEIJING, Row
from settlement.scheme_files.refusal import FileRefused
from settlement.scheme_files.table import columns_of, rows_of
from settlement.scheme_files.text import decode, lines_of

COLUMNS = (
    "Partner_transaction_id", "Transaction_id", "Transaction_amount", "Charge_amount", "Currency",
    "Payment_time", "Transaction_type", "Remark", "Secondary_merchant_industry",
    "Secondary_merchant_name", "Operator_name", "Order_scene", "Trans_currency", "Trans_amount",
    "Trans_forex_rate",
)  # fmt: skip
LAYOUTS = (COLUMNS, COLUMNS[:8])
TYPES = ("PAYMENT", "REVERSAL", "REFUND", "CANCEL")
_HEAD = re.compile(
    r"Partner:\s*([0-9]{4,32})\|Payment_time:\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\|Total_count:\s*([0-9]{1,9})"
)


@dataclass(frozen=True, slots=True)
class TransactionRow:
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


def read(content: bytes, *, partner: str, day: date) -> Iterator[TransactionRow]:
    """The rows of the file of ``partner`` and ``day``, once its form and its count are right.

    An empty file is a day without rows. Raises FileRefused, for a cell as late as at its row:
    take the rows only when the last one has come.
    """
    lines = lines_of(decode(content)[0])
    if not lines:
        return
    _check_head(lines[0], partner, day, count=len(lines) - 2)
    if len(lines) < 2:
        raise FileRefused("the columns' names are missing", line=2)
    columns = columns_of(lines[1], 2, LAYOUTS)
    for row in rows_of(lines[2:], columns, 3):
        yield _read_row(row, day)


def _check_head(line: str, partner: str, day: date, count: int) -> None:
    found = _HEAD.fullmatch(line.strip())
    if found is None:
        raise FileRefused("not Partner:…|Payment_time: …|Total_count:…", line=1)
    if found[1] != partner:
        raise FileRefused(f"of partner {found[1]}, not {partner}", line=1, column="Partner")
    if found[2] != day.isoformat():
        raise FileRefused(f"of {found[2]}, not {day}", line=1, column="Payment_time")
    if int(found[3]) != count:
        reason = f"{found[3]} rows are announced and {count} are here"
        raise FileRefused(reason, line=1, column="Total_count")


def _read_row(row: Row, day: date) -> TransactionRow:
    at = row.time("Payment_time")
    if at.astimezone(BEIJING).date() > day:
        raise row.refused("Payment_time", f"after the file's day {day}")
    return TransactionRow(
        line=row.line,
        own_id=row.id("Partner_transaction_id"),
        scheme_id=row.id("Transaction_id"),
        amount=row.minor("Transaction_amount"),
        fee=row.minor("Charge_amount"),
        currency=row.text("Currency"),
        at=at,
        kind=row.one_of("Transaction_type", *TYPES),
        merchant_name=row.text("Secondary_merchant_name"),
    )
