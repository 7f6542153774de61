"""The data portal: insights of an acquirer and of each merchant, to look at and to take away."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _

from merchants.models import Merchant, Store
from portal.insights.answer import answer, find_as_of
from portal.insights.ask import list_currencies
from portal.insights.files import CONTENT_TYPES
from portal.insights.page.question import PERIODS, VIEWS, Question, read_question
from portal.insights.page.sections import list_cards, list_sections
from portal.insights.reports import REPORTS
from portal.insights.small_groups import smallest_group
from portal.models import Analysis
from portal.services.take_report import take_report
from tenancy.models import Acquirer
from tenancy.owned_admin import OwnedAdmin, is_operator
from tenancy.read_only import ReadOnly
from tenancy.signed_in import staff_of

CHOICES_LIMIT = 200  # merchants and stores in the filters


@admin.register(Analysis)
class InsightsAdmin(ReadOnly, OwnedAdmin):
    """In the place of a list of rows that say little."""

    fields = ("merchant", "livemode", "as_of", "is_stale")
    readonly_fields = fields
    list_display = ("merchant", "livemode", "as_of", "acquirer")
    list_select_related = ("merchant", "acquirer")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("file/<str:report>/", wrap(self.file_view), name="portal_analysis_file"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The page."""
        question = self._ask(request)
        sections = list_sections(question)
        may_export = request.user.has_perm("portal.export_analysis")
        context = self.admin_site.each_context(request) | {
            "title": _("Insights"),
            "opts": self.opts,
            "question": question,
            "sections": sections,
            "cards": list_cards(question, sections),
            "as_of": find_as_of(question.ask),
            "smallest_group": smallest_group(),
            "acquirers": Acquirer.objects.order_by("name") if is_operator(request) else (),
            "files": _files(question) if may_export else "",
            **_choices(question),
        }
        return TemplateResponse(request, "portal/insights.html", context)

    def file_view(self, request: HttpRequest, report: str) -> HttpResponse:
        """A report as a download; the audit trail has who took it."""
        question, form = self._ask(request), request.GET.get("form", "")
        if not request.user.has_perm("portal.export_analysis"):
            raise PermissionDenied
        if report not in REPORTS or form not in CONTENT_TYPES:
            raise Http404
        by = staff_of(request).actor
        name, content = take_report(answer(REPORTS[report], question.ask), form, by=by)
        sent = HttpResponse(content, content_type=CONTENT_TYPES[form])
        sent["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        sent["X-Content-Type-Options"] = "nosniff"
        return sent

    def _ask(self, request: HttpRequest) -> Question:
        if not self.has_view_permission(request):
            raise PermissionDenied
        question = read_question(request)
        if question is None:
            raise Http404
        return question


def _files(question: Question) -> str:
    return urlencode(question.words())


def _choices(question: Question) -> dict[str, Any]:
    """What may be asked instead."""
    titles = {
        "sales": _("Sales"),
        "customers": _("Customers"),
        "baskets": _("Baskets"),
        "campaigns": _("Campaigns"),
    }
    live, last = question.ask.livemode, question.last_day
    merchants = Merchant.objects.filter(acquirer=question.acquirer).order_by("display_name")
    stores = Store.objects.filter(merchant=question.merchant).order_by("name")
    return {
        "views": [(titles[view], question.link(view=view), view == question.view)
                  for view in VIEWS],
        "modes": [
            (_("Live"), question.link(mode="live"), live),
            (_("Test"), question.link(mode="test"), not live),
        ],
        "periods": [
            (
                _("%(days)s days") % {"days": days},
                question.link(since=str(last.fromordinal(last.toordinal() - days + 1))),
                days == question.days,
            )
            for days in PERIODS
        ],
        "grains": [
            (_("By week"), question.link(grain="week"), question.ask.grain == "week"),
            (_("By month"), question.link(grain="month"), question.ask.grain == "month"),
        ],
        "merchants": merchants[:CHOICES_LIMIT],
        "stores": stores[:CHOICES_LIMIT] if question.merchant else (),
        "currencies": list_currencies(question.ask),
        "home": reverse("admin:portal_analysis_changelist"),
    }  # fmt: skip
