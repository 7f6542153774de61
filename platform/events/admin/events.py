"""Events in the admin: what every merchant was or would have been told."""

from django.contrib import admin
from django.db.models import Q

from events.models import Event
from events.types import EventType
from kernel import ids
from tenancy.listing.filters import Days, among
from tenancy.listing.keys import key_in
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment

MERCHANT = "mer"  # this package lies below the merchants, and knows only how their ids are written


@admin.register(Event)
class EventAdmin(ReadOnly, OwnedAdmin):
    """Found by its own id, and by the id of what it is about."""

    list_display = ("public_id", "when", "type", "merchant", "livemode", "acquirer")
    list_filter = (Days, among("type", "kind", EventType), "livemode")
    list_filter_submit = True
    list_select_related = ("acquirer",)
    search_fields = ("object_id",)
    search_help_text = "The id of the event, or of what it is about."

    def find(self, text: str) -> list[Q]:
        return [Q(object_id=key) for key in key_in(text)]

    @admin.display(description="happened", ordering="id")
    def when(self, event: Event) -> str | None:
        return show_moment(event.created_at)

    @admin.display(description="merchant")
    def merchant(self, event: Event) -> str:
        return ids.encode(MERCHANT, event.merchant_id)
