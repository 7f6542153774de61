"""What was posted for something, as part of its page in the console."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kernel.money import Money
from ledger.models import Entry, Transaction
from tenancy.links import link
from tenancy.showing import show_moment

ROWS_LIMIT = 100  # entries of one page


def render_entries_of(*causes: tuple[str, UUID]) -> SafeString:
    """The entries of the causes, each a kind and an id, oldest first."""
    where = reduce(or_, (Q(cause_type=kind, cause_id=key) for kind, key in causes))
    posted = list(Transaction.objects.filter(where).values_list("id", flat=True)[:ROWS_LIMIT])
    rows = Entry.objects.filter(transaction__in=posted).select_related("transaction", "account")
    return render_entries(list(rows[:ROWS_LIMIT]))


def render_entries(rows: Sequence[Entry]) -> SafeString:
    """A table of entries; their transactions and accounts are read already."""
    shown = sorted(rows, key=lambda row: (row.created_at, row.transaction_id, row.id))
    return render_to_string("ledger/entries.html", {"rows": [_row(row) for row in shown]})


def _row(entry: Entry) -> dict[str, Any]:
    amount = Money(abs(entry.amount_minor), entry.currency)
    is_debit = entry.amount_minor > 0
    return {
        "at": show_moment(entry.created_at),
        "transaction": link(entry.transaction.public_id, entry.transaction.kind),
        "account": link(entry.account.public_id, entry.account.kind),
        "debit": amount if is_debit else "",
        "credit": "" if is_debit else amount,
    }
