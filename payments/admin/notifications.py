"""Notifications in the admin: the genuine ones, and those that were not believed."""

from django.contrib import admin
from django.db.models import Q

from merchants.models import PartnerAccount
from payments.models import Notification, RefusedNotification
from tenancy.listing.filters import Days, among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment

TRADE_STATUSES = ("WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED")


@admin.register(Notification)
class NotificationAdmin(ReadOnly, OwnedAdmin):
    """Genuine ones; without a payment they are about a trade that we never made."""

    list_display = ("public_id", "when", "action", "trade_status", "payment", "times_received")
    list_filter = (
        Days,
        among("trade_status", "trade status", TRADE_STATUSES),
        ("payment", admin.EmptyFieldListFilter),
    )
    list_filter_submit = True
    list_select_related = ("payment",)
    search_fields = ("notify_id",)
    search_help_text = "The id that Alipay gave it."

    def find(self, text: str) -> list[Q]:
        # Unique per partner account, and so is its index.
        return [Q(partner_account__in=PartnerAccount.objects.values("id"), notify_id=text)]

    @admin.display(description="received", ordering="id")
    def when(self, notification: Notification) -> str | None:
        return show_moment(notification.created_at)


@admin.register(RefusedNotification)
class RefusedNotificationAdmin(ReadOnly, OwnedAdmin):
    """Forged, foreign and contradictory ones: they have changed nothing."""

    list_display = ("public_id", "when", "reason", "detail", "partner_account", "times_received")
    list_filter = ("reason",)
    list_select_related = ("partner_account",)
    exclude = ("digest",)

    @admin.display(description="first received", ordering="id")
    def when(self, notification: RefusedNotification) -> str | None:
        return show_moment(notification.created_at)
