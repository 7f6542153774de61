"""How a break may be ended by a person: one table, from the kind of break to what is posted.

Pure. ``lacking`` is what our books lack to say what the other side says, by currency, in minor
units and signed as a debit of the account in which it shows (``account_of``); a resolution says
against which account.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from settlement.state import BreakKind, Resolution, Way

K, R = BreakKind, Resolution
_FILES = frozenset({Way.TRANSACTIONS, Way.SETTLEMENT})


@dataclass(frozen=True, slots=True)
class Ending:
    """``account`` takes the other side of what is lacking; none where nothing is posted.

    ``to_merchant``: the merchant is given it, or gives it back, by an adjustment.
    """

    label: str
    meaning: str
    kinds: frozenset[BreakKind]
    account: str | None
    to_merchant: bool = False
    ways: frozenset[Way] = _FILES


_OF_AMOUNTS = frozenset({K.MISSING_AT_US, K.MISSING_AT_THEM, K.AMOUNT, K.STATUS, K.DUPLICATE})
ENDINGS: dict[Resolution, Ending] = {
    R.BOOKED: Ending(
        "Book it with a merchant",
        "The payment or refund that we have not is booked: the merchant's next settlement has it.",
        frozenset({K.MISSING_AT_US}),
        "adjustment",
        to_merchant=True,
    ),
    R.PASSED_ON: Ending(
        "Pass the difference to the merchant",
        "The merchant is given the difference, or gives it back, in the next settlement.",
        frozenset({K.MISSING_AT_THEM, K.AMOUNT, K.STATUS}),
        "adjustment",
        to_merchant=True,
    ),
    R.FEE_ACCEPTED: Ending(
        "Accept the scheme's fee",
        "It is cost of the scheme as its settlement file books it; nothing more is posted.",
        frozenset({K.FEE}),
        None,
    ),
    R.BANK_CHARGE: Ending(
        "The bank's charge",
        "What a bank has kept of the settlement is the acquirer's cost.",
        frozenset({K.AMOUNT}),
        "bank_charge",
        ways=frozenset({Way.BANK}),
    ),
    R.FX_DIFFERENCE: Ending(
        "Book a difference of rates",
        "The difference goes to the account of roundings and rates.",
        frozenset({K.CURRENCY, K.AMOUNT}),
        "fx_difference",
        ways=frozenset(Way),
    ),
    R.WRITTEN_OFF: Ending(
        "Write it off",
        "The acquirer bears the difference, or keeps it.",
        _OF_AMOUNTS,
        "adjustment",
        ways=frozenset(Way),
    ),
    R.SUSPENSE: Ending(
        "Keep it as not explained",
        "The difference waits in suspense until somebody knows whose it is.",
        _OF_AMOUNTS | {K.FEE, K.CURRENCY},
        "suspense",
        ways=frozenset(Way),
    ),
    R.EXPLAINED: Ending(
        "It is explained",
        "Nothing is posted; the reason stays with the break.",
        frozenset(BreakKind),
        None,
        ways=frozenset(Way),
    ),
}


def endings_of(kind: str, way: str) -> dict[Resolution, Ending]:
    """Those that fit a break of this kind, found this way, in the order of the table."""
    return {
        name: ending
        for name, ending in ENDINGS.items()
        if kind in ending.kinds and way in ending.ways
    }


def account_of(kind: str, way: str) -> str:
    """In which account a difference shows: what the scheme owes, has charged, or has on its way.

    The settlement file books the fee that it names, so a fee that differs shows in the cost.
    """
    if way == Way.BANK:
        return "scheme_clearing"
    return "scheme_cost" if kind == K.FEE else "scheme_receivable"


def lacking(
    kind: str, about: str, ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None,
    *, way: str, at_risk: int, currency: str,
) -> dict[str, int]:  # fmt: skip
    """What our books lack, by currency; empty where the two differ in no amount.

    A payment is owed to us; a refund, a cancel or a reversal takes away, and gives its fee back.
    A settlement that the bank has not, or has for less, stands in our books for too much.
    """
    if way == Way.BANK:
        short = _minor(theirs or {}, "amount") - _minor(ours or {}, "net")
        return {currency: short} if short else {}
    # PAYMENT and REFUND in the transaction file, P and R in the settlement file.
    sign = 1 if about.startswith("P") else -1
    ours, theirs, found = ours or {}, theirs or {}, defaultdict[str, int](int)
    if kind in (K.MISSING_AT_US, K.STATUS, K.AMOUNT, K.CURRENCY):
        found[_currency(theirs, currency)] += sign * _minor(theirs, "amount")
    if kind in (K.MISSING_AT_THEM, K.AMOUNT, K.CURRENCY):
        found[_currency(ours, currency)] -= sign * _minor(ours, "amount")
    if kind == K.FEE:
        found[currency] -= sign * (_minor(theirs, "fee") - _minor(ours, "fee"))
    if kind == K.DUPLICATE:
        found[currency] += sign * at_risk * (int(theirs.get("times", 2)) - 1)
    return {code: minor for code, minor in found.items() if minor}


def _minor(side: Mapping[str, Any], name: str) -> int:
    return int(side.get(name) or 0)


def _currency(side: Mapping[str, Any], otherwise: str) -> str:
    return str(side.get("currency") or otherwise)
