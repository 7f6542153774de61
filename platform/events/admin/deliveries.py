"""Deliveries in the admin, with each try's answer; chosen ones can be sent again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from events.models import Delivery, DeliveryTry
from events.services.replay import replay_delivery
from kernel.errors import Conflict
from tenancy.acting_admin import in_words
from tenancy.listing.filters import Days
from tenancy.listing.keys import key_in
from tenancy.owned_admin import OwnedAdmin, OwnedInline
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment


class TryRows(ReadOnly, OwnedInline):
    """Each request and what came of it: whoever may see the delivery sees them."""

    model = DeliveryTry
    fields = ("created_at", "url", "http_status", "duration_ms", "error", "answer")
    readonly_fields = fields
    ordering = ("id",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("events.view_delivery"))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, OwnedAdmin):
    """What was sent, what is owed, and what was never sent."""

    list_display = ("public_id", "when", "kind", "endpoint", "status", "tries", "due_at")
    list_filter = (Days, "status")
    list_filter_submit = True
    list_select_related = ("event", "endpoint")
    search_fields = ("event__id",)
    search_help_text = "The id of the delivery, its event or its endpoint, or of what it is about."
    exclude = ("claim",)
    inlines = (TryRows,)
    actions = ("replay",)

    def find(self, text: str) -> list[Q]:
        keys = key_in(text)
        return [Q(event_id__in=keys), Q(endpoint_id__in=keys), Q(event__object_id__in=keys)]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("events.change_webhookendpoint"))

    @admin.action(description="Send the selected deliveries again", permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Each under the id it always had; those of disabled endpoints are passed over."""
        sent = 0
        for delivery in queryset.select_related("event", "endpoint"):
            try:
                replay_delivery(delivery)
            except Conflict as refusal:
                self.message_user(request, f"{delivery}: {in_words(refusal)}", messages.WARNING)
                continue
            self.log_change(request, delivery, "Replayed.")
            sent += 1
        self.message_user(request, _("%d are sent again.") % sent, messages.SUCCESS)

    @admin.display(description="made", ordering="id")
    def when(self, delivery: Delivery) -> str | None:
        return show_moment(delivery.created_at)

    @admin.display(description="event")
    def kind(self, delivery: Delivery) -> str:
        return delivery.event.type
