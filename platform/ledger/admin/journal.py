"""The journal: every transaction with its cause and its entries."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString

from ledger.admin.columns import NamedMerchants, cause_link, merchant_link
from ledger.causes import find_cause
from ledger.models import Transaction
from ledger.panel import render_entries
from tenancy.listing.filters import Days
from tenancy.listing.paging import BoundedList
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment

ENTRIES_LIMIT = 200  # of one transaction


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, OwnedAdmin):
    """Posted once, undone only by another."""

    list_display = ("public_id", "when", "kind", "cause", "merchant", "acquirer")
    list_filter = (Days,)
    list_filter_submit = True
    list_select_related = ("acquirer",)
    search_fields = ("cause_id",)
    search_help_text = "A transaction's id, or that of what it was posted for."
    fields = ("kind", "when", "cause", "merchant", "acquirer", "entry_rows")
    readonly_fields = ("when", "cause", "merchant", "entry_rows")

    def find(self, text: str) -> list[Q]:
        found = find_cause(text)
        if found is None:
            return []
        cause_type, cause_id = found
        return [Q(cause_type=cause_type, cause_id=cause_id)]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedList]:
        return NamedMerchants

    @admin.display(description="posted")
    def when(self, row: Transaction) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="posted for")
    def cause(self, row: Transaction) -> SafeString:
        return cause_link(row)

    @admin.display(description="merchant")
    def merchant(self, row: Transaction) -> SafeString | None:
        return merchant_link(row)

    @admin.display(description="entries")
    def entry_rows(self, row: Transaction) -> SafeString:
        entries = row.entries.select_related("account", "transaction").order_by("id")
        return render_entries(list(entries[:ENTRIES_LIMIT]))
