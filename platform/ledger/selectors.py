"""Reads of the books: balances and the trial balance, in minor units."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from ledger.models import Account, Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trial balance; ``balance_minor`` above zero is a debit balance."""

    kind: str
    currency: str
    balance_minor: int


def get_balance(account: Account, *, at: datetime | None = None) -> int:
    """The account's balance, or what it was just before ``at``."""
    rows = Entry.objects.filter(account=account)
    if at is not None:
        rows = rows.filter(created_at__lt=at)
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def list_trial_balance(*, livemode: bool, at: datetime | None = None) -> list[Line]:
    """Every kind and currency of the scope in force, with its balance, or that just before ``at``.

    Live and test mode have books of their own.
    """
    entries = Entry.objects.filter(account__livemode=livemode)
    if at is not None:
        entries = entries.filter(created_at__lt=at)
    rows = (
        entries.values("account__kind", "currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("currency", "account__kind")
    )
    return [Line(row["account__kind"], row["currency"], int(row["sum"])) for row in rows]
