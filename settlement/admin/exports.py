"""Exports in the console: the button above a list, the page with its progress, and the file."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Forbidden, NotFound, TillgateError
from ledger.admin.entries import EntryAdmin
from payments.admin.payments import PaymentAdmin, RefundAdmin
from settlement.admin.lines import LineAdmin
from settlement.exports.selection import select_rows
from settlement.exports.tables import TABLES
from settlement.models import Export
from settlement.services.ask_export import ask_export, check_may, open_export
from tenancy.dressing import dress
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of

_RENEWED_AFTER = 2  # seconds, while it is written
_NOT_FILTERS = ("list", "p", "o", "all", "e")  # which list; of its address page and order

_page: Any
for _page in (PaymentAdmin, RefundAdmin, EntryAdmin, LineAdmin):
    _page.list_before_template = "settlement/to_export.html"


class ExportForm(forms.Form):
    """As what kind of file."""

    form = forms.ChoiceField(label="Format", choices=Export.Form.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


@admin.register(Export)
class ExportAdmin(ReadOnly, OwnedAdmin):
    """Whoever may see a list may take an export of it; who took it stands in the audit trail."""

    list_display = ("when", "of", "form", "status", "rows_done", "asked_by", "acquirer")
    list_select_related = ("asked_by", "acquirer")
    fields = ("progress", "of", "filters", "form", "asked_by", "when", "ended", "digest")
    readonly_fields = ("progress", "when", "ended", "digest")
    when_empty = gettext_lazy(
        "The button above a list of payments, refunds, entries or lines takes one."
    )

    class Media:
        css = {"all": ["console/panels.css"]}

    def get_urls(self) -> Any:
        wrap = self.admin_site.admin_view
        return [
            path("ask/", wrap(self.ask_view), name="settlement_export_ask"),
            path("<uuid:object_id>/file/", wrap(self.file_view), name="settlement_export_file"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Renews itself while the file is written."""
        answer = super().change_view(request, *args, **kwargs)
        row = getattr(answer, "context_data", {}).get("original")
        if row is not None and row.status == Export.Status.WRITING:
            answer["Refresh"] = str(_RENEWED_AFTER)
        return answer

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Which format; then it is written in the background."""
        staff, of = staff_of(request), request.GET.get("list", "")
        if of not in TABLES:
            raise Http404
        try:
            check_may(staff, of)
        except Forbidden:
            raise PermissionDenied from None
        filters = _filters(request)
        form = ExportForm(request.POST or None, initial={"form": Export.Form.CSV})
        if form.is_valid():
            try:
                select_rows(staff, TABLES[of], filters)
                row = ask_export(staff, of=of, filters=filters, form=form.cleaned_data["form"])
            except TillgateError as refusal:
                faults = " ".join(fault.message for fault in refusal.errors)
                form.add_error(None, faults or refusal.detail)
            else:
                return HttpResponseRedirect(
                    reverse("admin:settlement_export_change", args=[row.id])
                )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Export"),
            "form": form,
            "of": of,
            "filters": filters,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "settlement/export.html", context, status=status)

    def file_view(self, request: HttpRequest, object_id: Any) -> FileResponse:
        """The file as a download."""
        try:
            row, opened = open_export(staff_of(request), object_id)
        except Forbidden:
            raise PermissionDenied from None
        except NotFound:
            raise Http404 from None
        answer = FileResponse(
            opened,
            as_attachment=True,
            filename=row.file_name,
            content_type="application/octet-stream",
        )
        answer["X-Content-Type-Options"] = "nosniff"
        return answer

    @admin.display(description="")
    def progress(self, row: Export) -> SafeString:
        return render_to_string("settlement/export_progress.html", {"row": row})

    @admin.display(description="asked")
    def when(self, row: Export) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="ended")
    def ended(self, row: Export) -> str | None:
        return show_moment(row.ended_at)

    @admin.display(description="SHA-256")
    def digest(self, row: Export) -> SafeString:
        return format_html('<span class="tg-long">{}</span>', row.sha256)


def _filters(request: HttpRequest) -> str:
    """The list's own query string, without page and order."""
    said = request.GET.copy()
    for name in _NOT_FILTERS:
        said.pop(name, None)
    return said.urlencode()
