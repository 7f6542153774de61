"""The rows of a journal, from the books, in an order that never changes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

from django.db import connection, transaction

from kernel import ids
from kernel.cells import as_text
from kernel.clock import show_time
from kernel.money import Money
from ledger.causes import MERCHANT, cause_public_id
from ledger.models import Transaction
from ledger.selectors import list_trial_balance
from settlement.days import CutOff
from settlement.sql import business_day

AT_ONCE = 500  # rows
ENTRY_COLUMNS = (
    "date", "posted_at", "transaction", "kind", "account", "merchant", "merchant_name", "currency",
    "debit", "credit", "cause",
)  # fmt: skip
DAILY_COLUMNS = ("date", "account", "currency", "opening", "debit", "credit", "closing")

_DAY: LiteralString = business_day("entry.created_at", "%(zone)s", "%(cut_off)s::time")
_FROM: LiteralString = """
  FROM ledger_account AS account
  JOIN ledger_entry AS entry ON entry.account_id = account.id
"""
_WHERE: LiteralString = """
 WHERE account.acquirer_id = %(acquirer)s AND account.livemode = %(livemode)s
   AND entry.created_at >= %(starts_at)s AND entry.created_at < %(ends_at)s
"""
_ENTRIES: LiteralString = f"""
SELECT ({_DAY})::text, entry.created_at, entry.transaction_id, posted.kind, account.kind,
       entry.merchant_id, COALESCE(merchant.display_name, ''), entry.currency, entry.amount_minor,
       posted.cause_type, posted.cause_id
{_FROM}
  JOIN ledger_transaction AS posted ON posted.id = entry.transaction_id
  LEFT JOIN merchants_merchant AS merchant ON merchant.id = entry.merchant_id
{_WHERE}
 ORDER BY entry.created_at, entry.transaction_id, entry.id
"""
_MOVED: LiteralString = f"""
SELECT {_DAY} AS day, account.kind, entry.currency,
       COALESCE(sum(entry.amount_minor) FILTER (WHERE entry.amount_minor > 0), 0)::bigint,
       COALESCE(-sum(entry.amount_minor) FILTER (WHERE entry.amount_minor < 0), 0)::bigint
{_FROM}{_WHERE}
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Days:
    """Business days of one acquirer and mode, both ends within them."""

    acquirer_id: Any
    livemode: bool
    first: date
    last: date
    cut_off: CutOff

    @property
    def starts_at(self) -> datetime:
        return self.cut_off.end_of(self.first - timedelta(days=1))

    @property
    def ends_at(self) -> datetime:
        return self.cut_off.end_of(self.last)

    @property
    def params(self) -> dict[str, Any]:
        return {
            "acquirer": self.acquirer_id,
            "livemode": self.livemode,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "zone": self.cut_off.zone,
            "cut_off": self.cut_off.at,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as they are written, and what they move: minor units, unsigned."""

    cells: tuple[str, ...]
    currency: str
    debit: int
    credit: int


def read_entries(days: Days) -> Iterator[Row]:
    """Each entry, in the order in which they were posted."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES, days.params)
        while rows := cursor.fetchmany(AT_ONCE):
            for row in rows:
                yield _entry(*row)
            time.sleep(0)  # a greenlet's turn: a long file holds up no payment


def _entry(
    day: str,
    at: datetime,
    posted: Any,
    kind: str,
    account: str,
    merchant: Any,
    name: str,
    currency: str,
    minor: int,
    cause_type: str,
    cause_id: Any,
) -> Row:
    debit, credit = max(minor, 0), max(-minor, 0)
    cells = (
        day,
        show_time(at) or "",
        ids.encode(Transaction.PREFIX, posted),
        kind,
        account,
        "" if merchant is None else ids.encode(MERCHANT, merchant),
        as_text(name),
        currency,
        _show(debit, currency) if debit else "",
        _show(credit, currency) if credit else "",
        cause_public_id(cause_type, cause_id),
    )
    return Row(cells, currency, debit, credit)


def read_daily(days: Days) -> Iterator[Row]:
    """Each account that stands at something or moved, by the day: all merchants' together."""
    stands = {
        (line.kind, line.currency): line.balance_minor
        for line in list_trial_balance(livemode=days.livemode, at=days.starts_at)
    }
    moved = _moved(days)
    for ahead in range((days.last - days.first).days + 1):
        day = days.first + timedelta(days=ahead)
        for kind, currency in sorted({*stands, *moved.get(day, {})}):
            debit, credit = moved.get(day, {}).get((kind, currency), (0, 0))
            opening = stands.get((kind, currency), 0)
            closing = stands[kind, currency] = opening + debit - credit
            if opening or debit or credit:
                amounts = [_show(minor, currency) for minor in (opening, debit, credit, closing)]
                yield Row((day.isoformat(), kind, currency, *amounts), currency, debit, credit)


def _moved(days: Days) -> dict[date, dict[tuple[str, str], tuple[int, int]]]:
    found: dict[date, dict[tuple[str, str], tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, days.params)
        for day, kind, currency, debit, credit in cursor.fetchall():
            found.setdefault(day, {})[kind, currency] = (debit, credit)
    return found


def _show(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).to_decimal():f}"
