"""The lines of the two files, column by column (reference §6.2, 6.3)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sandbox.amounts import RATES, to_fen, write_amount, write_fen
from sandbox.clock import beijing_plain
from sandbox.files.contract import Contract
from sandbox.files.entries import CANCEL, PAYMENT, Entry

TRANSACTION = (
    "Partner_transaction_id|Transaction_id|Transaction_amount|Charge_amount|Currency|Payment_time"
    "|Transaction_type|Remark|Secondary_merchant_industry|Secondary_merchant_name|Operator_name"
    "|Order_scene|Trans_currency|Trans_amount|Trans_forex_rate"
)
SETTLEMENT = (
    "Partner_transaction_id|Transaction_id|Amount|Rmb_amount|Fee|Settlement|Rmb_settlement|Currency"
    "|Rate|Payment_time|Settlement_time|Type|Status|Remarks|Secondary_merchant_industry"
    "|Secondary_merchant_name|Operator_name|Order_scene|Trans_currency|Trans_amount"
    "|Trans_forex_rate"
)
_SHORT = 8  # columns of the older transaction file
_SETTLED_AT = "15:46:00"


def transaction_lines(
    partner: str, day: date, entries: list[Entry], contract: Contract
) -> list[str]:
    """Line 1 names partner, day and count; then the columns' names; then a line per entry."""
    width = _SHORT if contract.layout == "short" else None
    head = f"Partner:{partner}|Payment_time: {day.isoformat()}|Total_count:{len(entries)}"
    rows = ["|".join(_transaction(entry)[:width]) for entry in entries]
    return [head, "|".join(TRANSACTION.split("|")[:width]), *rows]


def settlement_lines(day: date, entries: Iterable[Entry], contract: Contract) -> list[str]:
    """The columns' names, and a line per entry that was settled on ``day``."""
    return [SETTLEMENT, *("|".join(_settlement(entry, day, contract)) for entry in entries)]


def _transaction(entry: Entry) -> tuple[str, ...]:
    amount = write_amount(entry.amount, entry.currency)
    return (
        entry.own_id,
        entry.trade_id,
        amount,
        write_amount(entry.fee, entry.currency),
        entry.currency,
        beijing_plain(datetime.fromtimestamp(entry.at, UTC)),
        entry.kind,
        "",
        *_shop(entry),
        entry.currency,
        amount,
        "1",
    )


def _settlement(entry: Entry, day: date, contract: Contract) -> tuple[str, ...]:
    currency, rate = entry.currency, RATES[entry.currency]
    fen = to_fen(entry.amount, currency, rate)
    return (
        entry.trade_id if entry.kind == CANCEL else entry.own_id,  # (§6.3, column 1)
        entry.trade_id,
        write_amount(entry.amount, currency),
        write_fen(fen),
        write_amount(entry.fee, currency),
        write_amount(entry.amount - entry.fee, currency),
        write_fen(fen - _fee_fen(fen, entry, contract)),
        currency,
        rate,
        beijing_plain(datetime.fromtimestamp(entry.at, UTC)),
        f"{day.isoformat()} {_SETTLED_AT}",
        "P" if entry.kind == PAYMENT else "R",
        "L",
        "",
        *_shop(entry),
        currency,
        write_amount(entry.amount, currency),
        "1",
    )


def _fee_fen(fen: int, entry: Entry, contract: Contract) -> int:
    """The RMB sum has its own rounded fee, not the fee's worth at the rate (§6.3)."""
    if entry.fee == 0:
        return 0
    return int((Decimal(fen) * Decimal(contract.fee_percent) / 100).quantize(1, ROUND_HALF_UP))


def _shop(entry: Entry) -> tuple[str, str, str, str]:
    return entry.industry, entry.merchant, entry.store, entry.scene
