"""Entries: one line of the books each, with the account and what caused it."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString

from kernel.money import Money
from ledger.admin.columns import NamedMerchants, cause_link, merchant_link
from ledger.causes import find_cause
from ledger.models import Entry, Transaction
from tenancy.links import link
from tenancy.listing.filters import Days
from tenancy.listing.paging import BoundedList
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment, show_money

_OF_ACCOUNT = "account__id__exact"


@admin.register(Entry)
class EntryAdmin(ReadOnly, OwnedAdmin):
    """Above zero a debit, below zero a credit: shown in two columns."""

    list_display = (
        "when", "account_kind", "debit", "credit", "cause", "merchant", "acquirer",
    )  # fmt: skip
    list_filter = (Days,)
    list_filter_submit = True
    list_select_related = ("account", "transaction", "acquirer")
    search_fields = ("transaction__cause_id",)
    search_help_text = "An entry's id, or that of what it was posted for."
    fields = (
        "when", "account_kind", "debit", "credit", "booked_with", "cause", "merchant", "acquirer",
    )  # fmt: skip
    readonly_fields = (
        "when", "account_kind", "debit", "credit", "booked_with", "cause", "merchant",
    )  # fmt: skip

    def find(self, text: str) -> list[Q]:
        found = find_cause(text)
        if found is None:
            return []
        rows = Transaction.objects.filter(cause_type=found[0], cause_id=found[1])
        return [Q(transaction__in=list(rows.values_list("id", flat=True)))]

    def get_ordering(self, request: HttpRequest) -> Any:
        """One account's entries are walked by the index of that account."""
        return ("-created_at", "-pk") if _OF_ACCOUNT in request.GET else self.ordering

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedList]:
        return NamedMerchants

    @admin.display(description="posted")
    def when(self, row: Entry) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="account")
    def account_kind(self, row: Entry) -> SafeString:
        return link(row.account.public_id, row.account.kind)

    @admin.display(description="debit")
    def debit(self, row: Entry) -> SafeString | None:
        return _amount(row, row.amount_minor)

    @admin.display(description="credit")
    def credit(self, row: Entry) -> SafeString | None:
        return _amount(row, -row.amount_minor)

    @admin.display(description="transaction")
    def booked_with(self, row: Entry) -> SafeString:
        return link(row.transaction.public_id)

    @admin.display(description="posted for")
    def cause(self, row: Entry) -> SafeString:
        return cause_link(row.transaction)

    @admin.display(description="merchant")
    def merchant(self, row: Entry) -> SafeString | None:
        return merchant_link(row)


def _amount(row: Entry, minor: int) -> SafeString | None:
    return show_money(Money(minor, row.currency)) if minor > 0 else None
