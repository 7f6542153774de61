"""Webhook endpoints in the admin: to look at, switch off and on, and to replay a time."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.admin.events import MERCHANT
from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from events.services.endpoints import enable_endpoint, switch_off
from events.services.replay import replay_range
from kernel import ids
from kernel.errors import TillgateError
from tenancy.acting_admin import in_words
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly


class RangeForm(forms.Form):
    """From when to when, in the time zone of who asks."""

    created_gte = forms.SplitDateTimeField(label="From", widget=AdminSplitDateTime)
    created_lt = forms.SplitDateTimeField(label="To, not included", widget=AdminSplitDateTime)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly, OwnedAdmin):
    """The merchant makes and changes them by the API; secrets are never shown here."""

    fields = (
        "public_id",
        "acquirer",
        "merchant",
        "livemode",
        "url",
        "description",
        "event_types",
        "contact_email",
        "is_enabled",
        "disabled_reason",
        "disabled_at",
        "failing_since",
        "is_impaired",
        "previous_secret_ends_at",
        "created_at",
    )
    readonly_fields = fields
    list_display = ("url", "merchant", "livemode", "is_enabled", "disabled_reason", "failing_since")
    list_filter = ("is_enabled", "disabled_reason", "livemode")
    search_fields = ("url", "=merchant_id")
    secret_fields = frozenset({"secret", "previous_secret"})
    actions = ("disable", "enable", "replay")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("events.change_webhookendpoint"))

    @admin.action(description="Disable the selected endpoints", permissions=["operate"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """The owner is told as when we do it by ourselves."""
        chosen = list(queryset.filter(is_enabled=True))
        for endpoint in chosen:
            switch_off(endpoint, DisabledReason.BY_STAFF)
            self.log_change(request, endpoint, "Disabled.")
        self.message_user(request, _("%d disabled.") % len(chosen), messages.SUCCESS)

    @admin.action(description="Enable the selected endpoints", permissions=["operate"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Not those that the merchant has deleted."""
        disabled = queryset.filter(is_enabled=False)
        chosen = list(disabled.exclude(disabled_reason=DisabledReason.DELETED))
        for endpoint in chosen:
            enable_endpoint(endpoint)
            self.log_change(request, endpoint, "Enabled.")
        self.message_user(request, _("%d enabled.") % len(chosen), messages.SUCCESS)

    @admin.action(description="Send the events of a time again", permissions=["operate"])
    def replay(
        self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]
    ) -> HttpResponse | None:
        """Ask for the time first, then send."""
        form = RangeForm(request.POST if "replay_now" in request.POST else None)
        if not form.is_valid():
            return self._ask_for_time(request, queryset, form)
        for endpoint in queryset:
            self._replay(request, endpoint, form)
        return None

    def _replay(self, request: HttpRequest, endpoint: WebhookEndpoint, form: RangeForm) -> None:
        try:
            count = replay_range(endpoint, **form.cleaned_data)
        except TillgateError as refusal:
            text = f"{endpoint.url}: {in_words(refusal)}"
            self.message_user(request, text, messages.ERROR)
            return
        self.log_change(request, endpoint, f"Replayed {count} events.")
        text = f"{endpoint.url}: " + _("%d are sent again.") % count
        self.message_user(request, text, messages.SUCCESS)

    def _ask_for_time(
        self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint], form: RangeForm
    ) -> HttpResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Send the events of a time again",
            "opts": self.opts,
            "endpoints": list(queryset),
            "form": form,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/events/replay.html", context)

    @admin.display(description="merchant")
    def merchant(self, endpoint: WebhookEndpoint) -> str:
        return ids.encode(MERCHANT, endpoint.merchant_id)
