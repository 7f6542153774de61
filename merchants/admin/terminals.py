"""Terminals in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from merchants.admin.till_acts import TILL_ACTS
from merchants.models import Terminal
from tenancy.acting_admin import Acting
from tenancy.owned_admin import OwnedAdmin, OwnedForm


class TerminalForm(OwnedForm):
    """A terminal is of its store's merchant and acquirer."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if store := cleaned.get("store"):
            self.instance.acquirer_id = store.acquirer_id
            self.instance.merchant_id = store.merchant_id
        return cleaned


@admin.register(Terminal)
class TerminalAdmin(Acting, OwnedAdmin):
    form = TerminalForm
    acts = TILL_ACTS
    fields = ("store", "name", "scheme_terminal_id", "status", "public_id", "created_at")
    readonly_fields = ("public_id", "created_at", "buttons")
    fixed_fields = ("store",)
    autocomplete_fields = ("store",)
    list_display = ("name", "store", "scheme_terminal_id", "status", "public_id")
    list_filter = ("status",)
    list_select_related = ("store",)
    search_fields = ("name", "scheme_terminal_id", "store__name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if obj is None else ["buttons", *fields]
