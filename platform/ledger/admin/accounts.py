"""Accounts with what they stand at, and the way to the trial balance."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel.money import Money
from ledger.admin.columns import NamedMerchants, merchant_link
from ledger.admin.trial_balance import show_trial_balance
from ledger.chart import KINDS
from ledger.models import Account
from ledger.panel import render_entries
from ledger.selectors import get_balances
from tenancy.listing.filters import among
from tenancy.listing.paging import BoundedList
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_money

LATEST = 20  # entries on an account's page


class AccountList(NamedMerchants):
    """Reads the balances of a page's accounts together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        found = get_balances([row.id for row in self.result_list])
        for row in self.result_list:
            row.balance_minor = found.get(row.id, 0)


@admin.register(Account)
class AccountAdmin(ReadOnly, OwnedAdmin):
    """A balance above zero is a debit balance, below zero a credit balance."""

    list_before_template = "ledger/to_trial_balance.html"
    list_display = ("public_id", "kind", "merchant", "mode", "balance", "acquirer")
    list_filter = (among("kind", "kind", list(KINDS)), "livemode")
    list_select_related = ("acquirer",)
    fields = (
        "kind", "meaning", "merchant", "mode", "currency", "balance", "acquirer", "latest",
    )  # fmt: skip
    readonly_fields = ("meaning", "merchant", "mode", "balance", "latest")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedList]:
        return AccountList

    def get_urls(self) -> Any:
        page = self.admin_site.admin_view(self.trial_balance_view)
        name = "ledger_account_trial_balance"
        return [path("trial-balance/", page, name=name), *super().get_urls()]

    def trial_balance_view(self, request: HttpRequest) -> HttpResponse:
        """The balance of each kind and currency, now or at a moment of the past."""
        return show_trial_balance(self, request)

    @admin.display(description="what it holds")
    def meaning(self, row: Account) -> str:
        return _(KINDS[row.kind].meaning)

    @admin.display(description="merchant")
    def merchant(self, row: Account) -> SafeString | None:
        return merchant_link(row)

    @admin.display(description="mode")
    def mode(self, row: Account) -> str:
        return _("live") if row.livemode else _("test")

    @admin.display(description="balance")
    def balance(self, row: Account) -> SafeString | None:
        minor = getattr(row, "balance_minor", None)
        found = get_balances([row.id])[row.id] if minor is None else minor
        return show_money(Money(found, row.currency))

    @admin.display(description="latest entries")
    def latest(self, row: Account) -> SafeString:
        rows = row.entries.select_related("transaction", "account")
        entries = reverse("admin:ledger_entry_changelist")
        return format_html(
            '{}<p><a class="tg-link" href="{}?account__id__exact={}">{}</a></p>',
            render_entries(list(rows.order_by("-created_at", "-id")[:LATEST])),
            entries,
            row.id,
            _("All entries of this account"),
        )
