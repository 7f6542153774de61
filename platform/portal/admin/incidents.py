"""Incidents: the list of what was, and live health, the page of what is."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from portal.dashboard.question import read_question
from portal.health.sentences import explain, show_value, tell
from portal.live import show_live
from portal.models import Incident
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly


@admin.register(Incident)
class IncidentAdmin(ReadOnly, OwnedAdmin):
    """Opened and ended by the platform; to look at."""

    fields = (
        "what", "behind", "measured", "kind", "level", "livemode", "partner_account", "merchant",
        "store", "terminal", "key", "address", "created_at", "last_seen_at", "ended_at", "told_at",
    )  # fmt: skip
    readonly_fields = fields
    list_display = ("what", "measured", "created_at", "ended_at", "livemode", "acquirer")
    list_select_related = ("partner_account", "merchant", "store", "terminal", "key", "acquirer")
    list_filter = ("kind", "livemode")
    list_before_template = "portal/live_link.html"

    @admin.display(description="what")
    def what(self, incident: Incident) -> str:
        return tell(incident)

    @admin.display(description="what is usually behind it")
    def behind(self, incident: Incident) -> str:
        return explain(incident)

    @admin.display(description="measured")
    def measured(self, incident: Incident) -> str:
        return show_value(incident)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("live/", wrap(self.live), name="portal_incident_live"),
            path("live.json", wrap(self.live_figures), name="portal_incident_live_figures"),
            *super().get_urls(),
        ]

    def live(self, request: HttpRequest) -> HttpResponse:
        """The page; its script asks for the figures every ten seconds."""
        question = self._ask(request)
        context = self.admin_site.each_context(request) | {
            "title": _("Live health"),
            "question": question,
            "live": show_live(question),
            "figures_url": reverse("admin:portal_incident_live_figures") + question.link(),
            "modes": [
                {"title": _("Live"), "link": question.link(mode="live"), "is_live": True},
                {"title": _("Test"), "link": question.link(mode="test"), "is_live": False},
            ],
        }
        return TemplateResponse(request, "portal/live.html", context)

    def live_figures(self, request: HttpRequest) -> HttpResponse:
        """What the page shows, as JSON."""
        return JsonResponse(show_live(self._ask(request)))

    def _ask(self, request: HttpRequest) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return read_question(request)
