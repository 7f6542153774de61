"""Reads of the books: balances and the trial balance, in minor units.

Each balance is the account's last closing and the entries since: the past is not added up again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.models import Account
from tenancy.scope import Scope, get_scope


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trial balance; ``balance_minor`` above zero is a debit balance."""

    kind: str
    currency: str
    balance_minor: int


def usual_mode() -> str:
    """``test`` for whoever has books of test money alone, else ``live``; of the scope in force."""
    modes = set(Account.objects.values_list("livemode", flat=True).distinct())
    return "test" if modes == {False} else "live"


# An aggregate without GROUP BY gives a row even where nothing was closed or moved.
_BALANCES = """
SELECT account.id, account.kind, account.currency,
       COALESCE(last.balance_minor, 0) + COALESCE(moved.minor, 0) AS balance_minor,
       last.balance_minor IS NOT NULL OR moved.minor IS NOT NULL AS has_moved
  FROM ledger_account AS account
  LEFT JOIN LATERAL (
    SELECT closing.closes_at, closing.balance_minor FROM ledger_closing AS closing
     WHERE closing.account_id = account.id
       AND closing.closes_at <= COALESCE(%(at)s::timestamptz, 'infinity')
     ORDER BY closing.closes_at DESC LIMIT 1) AS last ON true
 CROSS JOIN LATERAL (
    SELECT sum(entry.amount_minor) AS minor FROM ledger_entry AS entry
     WHERE entry.account_id = account.id
       AND entry.created_at >= COALESCE(last.closes_at, '-infinity')
       AND entry.created_at < COALESCE(%(at)s::timestamptz, 'infinity')) AS moved
 WHERE {where}
"""
_TRIAL = """
SELECT kind, currency, sum(balance_minor) FROM ({balances}) AS balance
 WHERE has_moved GROUP BY kind, currency ORDER BY currency, kind
"""
_OF_MODE = """account.livemode = %(livemode)s
   AND (%(acquirer)s::uuid IS NULL OR account.acquirer_id = %(acquirer)s::uuid)
   AND (%(merchant)s::uuid IS NULL OR account.merchant_id = %(merchant)s::uuid)"""


def get_balance(account: Account, *, at: datetime | None = None) -> int:
    """The account's balance, or what it was just before ``at``."""
    return get_balances([account.id], at=at)[account.id]


def get_balances(accounts: Sequence[UUID], *, at: datetime | None = None) -> dict[UUID, int]:
    """The balance of each account that the scope may see, now or just before ``at``."""
    rows = _read(
        _BALANCES.format(where="account.id = ANY (%(accounts)s)"),
        {"accounts": list(accounts), "at": at},
    )
    return {row[0]: int(row[3]) for row in rows}


def list_trial_balance(
    *, livemode: bool, at: datetime | None = None, acquirer_id: UUID | None = None
) -> list[Line]:
    """Every kind and currency of the scope in force, with its balance, or that just before ``at``.

    Live and test mode have books of their own. ``acquirer_id`` narrows the operator's scope.
    """
    scope: Scope = get_scope()
    rows = _read(
        _TRIAL.format(balances=_BALANCES.format(where=_OF_MODE)),
        {
            "livemode": livemode,
            "at": at,
            "acquirer": scope.acquirer_id or acquirer_id,
            "merchant": scope.merchant_id,
        },
    )
    return [Line(kind, currency, int(minor)) for kind, currency, minor in rows]


def _read(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    get_scope()  # raises OutOfScope: row-level security alone would answer with nothing
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
