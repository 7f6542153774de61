"""Banners: staff write them, change them, and end them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel import clock
from portal.models import Banner
from tenancy.owned_admin import OwnedAdmin, is_operator


@admin.register(Banner)
class BannerAdmin(OwnedAdmin):
    """Shown by the tills as long as it runs; it is never deleted, only ended."""

    fixed_fields = ("acquirer", "merchant", "store")
    autocomplete_fields = ("merchant", "store")
    list_display = ("text_en", "severity", "merchant", "store", "is_shown", "ends_at", "acquirer")
    list_select_related = ("merchant", "store", "acquirer")
    list_filter = ("severity",)

    @admin.display(description="shown now", boolean=True)
    def is_shown(self, banner: Banner) -> bool:
        return banner.starts_at <= clock.now() < banner.ends_at

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only the operator chooses an acquirer; everybody else has one."""
        whose = ("acquirer",) if is_operator(request) else ()
        texts = ("severity", "text_en", "text_zh_hans", "text_zh_hant")
        return (
            (_("At which tills"), {"fields": (*whose, "merchant", "store")}),
            (_("What they show"), {"fields": texts}),
            (_("How long"), {"fields": ("starts_at", "ends_at")}),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
