"""What happened to a partner's money on a Beijing day: payments, cancels and refunds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from sqlite3 import Connection, Row

from sandbox.clock import BEIJING
from sandbox.files.contract import Contract

PAYMENT, REFUND, CANCEL = "PAYMENT", "REFUND", "CANCEL"
_ROWS = """
SELECT 'PAYMENT' AS kind, t.partner_trans_id AS own_id, t.id, t.amount_minor, t.currency, t.rate,
       t.paid_at AS at, t.details, p.qr_code, t.reversed_at IS NOT NULL AS reversed
  FROM trade t LEFT JOIN presented p USING (partner, partner_trans_id)
 WHERE t.partner = ?1 AND t.paid_at >= ?2 AND t.paid_at < ?3
UNION ALL
SELECT 'CANCEL', t.partner_trans_id, t.id, t.amount_minor, t.currency, t.rate,
       t.reversed_at, t.details, p.qr_code, 1
  FROM trade t LEFT JOIN presented p USING (partner, partner_trans_id)
 WHERE t.partner = ?1 AND t.reversed_at >= ?2 AND t.reversed_at < ?3
UNION ALL
SELECT 'REFUND', r.partner_refund_id, t.id, r.amount_minor, t.currency, t.rate,
       r.given_back_at, t.details, p.qr_code, 0
  FROM refund r JOIN trade t ON t.id = r.trade_id
  LEFT JOIN presented p ON p.partner = t.partner AND p.partner_trans_id = t.partner_trans_id
 WHERE r.partner = ?1 AND r.given_back_at >= ?2 AND r.given_back_at < ?3
 ORDER BY at, id, kind DESC
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be: amounts and fee unsigned in minor units, ``at`` in epoch seconds."""

    kind: str
    own_id: str
    trade_id: str
    amount: int
    fee: int
    currency: str
    rate: str
    at: float
    industry: str
    merchant: str
    store: str
    scene: str
    is_cancelled: bool


def entries_of(rows: Connection, partner: str, day: date, contract: Contract) -> Iterator[Entry]:
    """The day's entries in the order of time, 00:00:00 to 23:59:59 in Beijing."""
    start = datetime.combine(day, time.min, tzinfo=BEIJING)
    bounds = (start.timestamp(), (start + timedelta(days=1)).timestamp())
    for row in rows.execute(_ROWS, (partner, *bounds)):
        yield _entry(row, contract)


def _entry(row: Row, contract: Contract) -> Entry:
    shop = _Shop(row["details"])
    keeps_fee = row["kind"] == REFUND and not contract.refund_returns_fee
    return Entry(
        kind=row["kind"],
        own_id=row["own_id"],
        trade_id=row["id"],
        amount=row["amount_minor"],
        fee=0 if keeps_fee else contract.fee(row["amount_minor"]),
        currency=row["currency"],
        rate=row["rate"],
        at=row["at"],
        industry=shop("secondary_merchant_industry"),
        merchant=shop("secondary_merchant_name"),
        store=shop("store_name"),
        scene="transactionQrCode" if row["qr_code"] else "paymentQrCode",
        is_cancelled=bool(row["reversed"]),
    )


class _Shop:
    """Reads a name out of ``extend_info``; what would break a row becomes a blank."""

    def __init__(self, details: str) -> None:
        try:
            said = json.loads(details)
        except ValueError:
            said = {}
        self._said = said if isinstance(said, dict) else {}

    def __call__(self, name: str) -> str:
        text = str(self._said.get(name) or "")
        return "".join(" " if letter in "|\r\n" else letter for letter in text)
