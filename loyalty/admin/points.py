"""The ledger of points in the console: to look at."""

from django.contrib import admin

from loyalty.models import PointsEntry
from tenancy.listing.filters import Days
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment


@admin.register(PointsEntry)
class PointsEntryAdmin(ReadOnly, OwnedAdmin):
    """Appended by services, and edited by nobody."""

    fields = (
        "member", "programme", "kind", "points", "lot", "expires", "cause_type", "cause_id",
        "reason", "made_by", "when", "public_id",
    )  # fmt: skip
    readonly_fields = fields
    list_display = ("public_id", "when", "member", "kind", "points", "cause_type", "acquirer")
    list_filter = (Days, "kind")
    list_filter_submit = True
    list_select_related = ("member", "acquirer")
    search_fields = ("=id",)
    search_help_text = "An entry's id."

    @admin.display(description="when")
    def when(self, row: PointsEntry) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="expires")
    def expires(self, row: PointsEntry) -> str | None:
        return show_moment(row.expires_at)
