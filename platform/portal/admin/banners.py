"""Banners: staff write them, change them, and end them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from kernel import clock
from portal.models import Banner
from tenancy.owned_admin import OwnedAdmin


@admin.register(Banner)
class BannerAdmin(OwnedAdmin):
    """Shown by the tills as long as it runs; it is never deleted, only ended."""

    fields = (
        "acquirer", "merchant", "store", "severity", "text_en", "text_zh_hans", "text_zh_hant",
        "starts_at", "ends_at",
    )  # fmt: skip
    fixed_fields = ("acquirer", "merchant", "store")
    autocomplete_fields = ("merchant", "store")
    list_display = ("text_en", "severity", "merchant", "store", "is_shown", "ends_at", "acquirer")
    list_select_related = ("merchant", "store", "acquirer")
    list_filter = ("severity",)

    @admin.display(description="shown now", boolean=True)
    def is_shown(self, banner: Banner) -> bool:
        return banner.starts_at <= clock.now() < banner.ends_at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
