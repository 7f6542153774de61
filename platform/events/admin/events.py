"""Events in the admin: what every merchant was or would have been told."""

from django.contrib import admin

from events.models import Event
from kernel import ids
from kernel.clock import show_time
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly

MERCHANT = "mer"  # this package lies below the merchants, and knows only how their ids are written


@admin.register(Event)
class EventAdmin(ReadOnly, OwnedAdmin):
    """Found by its own id, and by the id of what it is about."""

    list_display = ("public_id", "when", "type", "merchant", "livemode", "acquirer")
    list_filter = ("type", "livemode")
    list_select_related = ("acquirer",)
    search_fields = ("=object_id", "=merchant_id")

    @admin.display(description="happened", ordering="created_at")
    def when(self, event: Event) -> str | None:
        return show_time(event.created_at)

    @admin.display(description="merchant")
    def merchant(self, event: Event) -> str:
        return ids.encode(MERCHANT, event.merchant_id)
