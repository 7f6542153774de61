"""Posting: a balanced transaction, in the same statement as the fact that causes it.

Law 9: transactions balance per currency, are appended and never edited. Python checks before the
statement is sent; triggers check it again in the database.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel import clock, ids
from kernel.money import Money
from ledger.accounts import AccountName, ensure_accounts
from ledger.chart import KINDS
from tenancy.fragments import Fragment, run
from tenancy.scope import get_scope


class Unbalanced(ValueError):
    """The legs do not sum to zero in each currency, or are fewer than two, or one is zero."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One line: a positive amount is a debit, a negative one a credit."""

    account_kind: str
    merchant_id: UUID | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted, why, and in which of the two books: once per cause and kind.

    Raises Unbalanced; KeyError for a kind of account that is not in the chart.
    """

    kind: str
    cause_type: str
    cause_id: UUID
    livemode: bool
    entries: Sequence[Leg]

    def __post_init__(self) -> None:
        sums: defaultdict[str, int] = defaultdict(int)
        for leg in self.entries:
            KINDS[leg.account_kind]
            sums[leg.amount.currency] += leg.amount.minor
            if leg.amount.minor == 0:
                raise Unbalanced("a leg of zero says nothing")
        if len(self.entries) < 2 or any(sums.values()):
            raise Unbalanced(f"{self.kind}: {dict(sums)}")

    @property
    def merchant_id(self) -> UUID | None:
        """The merchant that the transaction concerns, if it is one."""
        merchants = {leg.merchant_id for leg in self.entries}
        return merchants.pop() if len(merchants) == 1 else None


_TRANSACTION = """
INSERT INTO ledger_transaction
       (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
SELECT %(booked{n}_id)s::uuid, %(booked{n}_acquirer)s::uuid, %(booked{n}_merchant)s::uuid,
       %(booked{n}_kind)s, %(booked{n}_cause_type)s, %(booked{n}_cause_id)s::uuid,
       %(booked{n}_at)s::timestamptz
  FROM {source}
RETURNING id
"""
_ENTRIES = """
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
SELECT leg.id, %(booked{n}_acquirer)s::uuid, leg.merchant_id, booked{n}.id, leg.account_id,
       leg.amount_minor, leg.currency, %(booked{n}_at)s::timestamptz
  FROM booked{n},
       unnest(%(lines{n}_ids)s::uuid[], %(lines{n}_merchants)s::uuid[],
              %(lines{n}_accounts)s::uuid[], %(lines{n}_amounts)s::bigint[],
              %(lines{n}_currencies)s::text[])
       AS leg (id, merchant_id, account_id, amount_minor, currency)
"""


def fragments(
    posting: Posting, *, acquirer_id: UUID, source: str, number: int = 1
) -> list[Fragment]:
    """The posting as two fragments: written only if ``source`` returns a row.

    The accounts are made sure of at once, in a statement of their own; an account without entries
    means nothing. ``source`` is a name written in the program, never input. The second posting
    of one statement has ``number`` 2, so that its fragments have names of their own.
    """
    n = "" if number == 1 else str(number)
    legs = posting.entries
    accounts = ensure_accounts(
        AccountName(
            acquirer_id, leg.merchant_id, posting.livemode, leg.account_kind, leg.amount.currency
        )
        for leg in legs
    )
    booked = {
        "id": ids.new_uuid(),
        "acquirer": acquirer_id,
        "merchant": posting.merchant_id,
        "kind": posting.kind,
        "cause_type": posting.cause_type,
        "cause_id": posting.cause_id,
        "at": clock.now(),
    }
    lines = {
        "ids": [ids.new_uuid() for _ in legs],
        "merchants": [leg.merchant_id for leg in legs],
        "accounts": accounts,
        "amounts": [leg.amount.minor for leg in legs],
        "currencies": [leg.amount.currency for leg in legs],
    }
    return [
        Fragment(
            f"booked{n}",
            _TRANSACTION.format(source=source, n=n),
            {f"booked{n}_{name}": value for name, value in booked.items()},
        ),
        Fragment(
            f"lines{n}",
            _ENTRIES.format(n=n),
            {f"lines{n}_{name}": value for name, value in lines.items()},
        ),
    ]


def post(posting: Posting) -> UUID:
    """Post in the scope's acquirer; the transaction's id.

    Raises Django's IntegrityError if this cause was posted before.
    """
    acquirer_id = get_scope().acquirer_id
    if acquirer_id is None:
        raise ValueError("a posting belongs to one acquirer")
    cause = Fragment("cause", "SELECT 1", {})
    parts = fragments(posting, acquirer_id=acquirer_id, source="cause")
    row = run([cause, *parts], tail="SELECT id FROM booked")
    assert row is not None  # noqa: S101 - "cause" always has a row
    transaction_id: UUID = row[0]
    return transaction_id
