"""Notifications in the admin: the genuine ones, and those that were not believed."""

from django.contrib import admin

from kernel.clock import show_time
from payments.models import Notification, RefusedNotification
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly


@admin.register(Notification)
class NotificationAdmin(ReadOnly, OwnedAdmin):
    """Genuine ones; without a payment they are about a trade that we never made."""

    list_display = ("public_id", "when", "action", "trade_status", "payment", "times_received")
    list_filter = ("trade_status", ("payment", admin.EmptyFieldListFilter))
    list_select_related = ("payment",)
    search_fields = ("=notify_id",)

    @admin.display(description="received", ordering="created_at")
    def when(self, notification: Notification) -> str | None:
        return show_time(notification.created_at)


@admin.register(RefusedNotification)
class RefusedNotificationAdmin(ReadOnly, OwnedAdmin):
    """Forged, foreign and contradictory ones: they have changed nothing."""

    list_display = ("public_id", "when", "reason", "detail", "partner_account", "times_received")
    list_filter = ("reason",)
    list_select_related = ("partner_account",)
    exclude = ("digest",)

    @admin.display(description="first received", ordering="created_at")
    def when(self, notification: RefusedNotification) -> str | None:
        return show_time(notification.created_at)
