"""Stores in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from merchants.admin.choices import CountryField
from merchants.models import Store
from tenancy.owned_admin import OwnedAdmin, OwnedForm

MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=18/{0}/{1}"
_LATER = {"map", "public_id", "created_at"}


class StoreForm(OwnedForm):
    """A store is of its merchant's acquirer."""

    country = CountryField(required=False, help_text="Empty: the merchant's.")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if merchant := cleaned.get("merchant"):
            self.instance.acquirer_id = merchant.acquirer_id
        return cleaned


@admin.register(Store)
class StoreAdmin(OwnedAdmin):
    form = StoreForm
    fieldsets = (
        (None, {"fields": ("merchant", "name", "scheme_store_id", "status")}),
        (
            "Its address",
            {"fields": ("line1", "line2", "town", "region", "postal_code", "country")},
        ),
        ("Its place on the map", {"fields": ("latitude", "longitude", "map")}),
        ("Record", {"fields": ("public_id", "created_at")}),
    )
    readonly_fields = ("map", "public_id", "created_at")
    fixed_fields = ("merchant",)
    autocomplete_fields = ("merchant",)
    list_display = ("name", "merchant", "scheme_store_id", "status", "public_id")
    list_filter = ("status",)
    list_select_related = ("merchant",)
    search_fields = ("name", "scheme_store_id", "merchant__display_name")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new store has no record yet, and no place to look at."""
        left_out = _LATER if obj is None else set()
        shown = []
        for title, options in super().get_fieldsets(request, obj):
            fields = [name for name in options["fields"] if name not in left_out]
            shown.append((title, {**options, "fields": fields}))
        return [each for each in shown if each[1]["fields"]]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Who came from a merchant's page goes back there."""
        if "merchant" in request.GET and "_save" in request.POST:
            self.message_user(request, _("%(row)s was added.") % {"row": obj}, messages.SUCCESS)
            return redirect("admin:merchants_merchant_change", obj.merchant_id)
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description=_("map"))
    def map(self, store: Store) -> SafeString | str:
        """A link: nothing is fetched from outside until somebody follows it."""
        if store.latitude is None or store.longitude is None:
            return "-"
        return format_html(
            '<a class="tg-link" href="{}" target="_blank" rel="noopener noreferrer">{}, {}</a>',
            MAP.format(store.latitude, store.longitude),
            store.latitude,
            store.longitude,
        )
