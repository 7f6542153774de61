"""Sheets in the admin: brought, checked, looked at, taken; and what is there, to take away."""

from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from merchants.admin.sheet_form import sheet_form
from merchants.models import MerchantImport, Store
from merchants.services.imports import IMPORTS
from merchants.sheets.columns import COLUMNS
from merchants.sheets.reading import ROWS_LIMIT
from merchants.sheets.writing import EXPORT_LIMIT, rows_of, write_csv, write_xlsx
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.audit import note
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.scope import in_this_scope
from tenancy.signed_in import staff_of

Answer = TypeVar("Answer", bound=HttpResponseBase)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Status = MerchantImport.Status


def _take(request: HttpRequest, row: MerchantImport, content: dict[str, Any]) -> Done:
    IMPORTS.have_taken(row.id, actor=staff_of(request).actor)
    return Done(_("The sheet is being taken; this page shows how far it is."))


def _not_ready(request: HttpRequest, row: MerchantImport) -> str:
    return "" if row.status == Status.READY else row.get_status_display()


TAKE = Act(
    name="take",
    label="Take the sheet",
    permission="merchants.add_merchantimport",
    form=Confirm,
    run=_take,
    closed=_not_ready,
    facts=lambda row: [("New merchants", row.merchants), ("New stores", row.stores)],
)


@admin.register(MerchantImport)
class MerchantImportAdmin(Acting, ReadOnly, OwnedAdmin):
    acts = (TAKE,)
    form = sheet_form(ROWS_LIMIT)
    change_form_template = "admin/merchants/merchantimport/sheet.html"
    change_list_template = "admin/merchants/merchantimport/sheets.html"
    fields = ("buttons", "outcome", "acquirer", "file_name", "brought_by", "created_at",
              "taken_by", "finished_at", "public_id")  # fmt: skip
    readonly_fields = (*fields,)
    list_display = ("file_name", "acquirer", "status", "merchants", "stores", "created_at")
    list_filter = ("status",)
    list_select_related = ("acquirer",)
    secret_fields = frozenset({"content"})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("merchants.add_merchantimport"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fields(request, obj)
        return ["acquirer", "file"] if _is_operator(request) else ["file"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        acquirer = form.cleaned_data.get("acquirer") or getattr(request.user, "acquirer", None)
        assert acquirer is not None  # noqa: S101 - an operator has chosen one
        file = form.cleaned_data["file"]
        row = IMPORTS.bring(
            file_name=file.name,
            content=file.read(),
            actor=staff_of(request).actor,
            acquirer=acquirer,
        )
        form.save_m2m = lambda: None
        return row

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """``save_form`` has brought it."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its page, where the check is under way."""
        return HttpResponseRedirect(reverse("admin:merchants_merchantimport_change", args=[obj.pk]))

    @admin.display(description="what it would do")
    def outcome(self, row: MerchantImport) -> SafeString:
        return render_to_string("merchants/sheet_outcome.html", {"row": row})

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["is_working"] = row is not None and row.due_at is not None
        context["columns"] = COLUMNS
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> Any:
        own = [
            path("example.csv", self._guarded(_example), name="merchants_merchantimport_example"),
            path("export.csv", self._guarded(_as_csv), name="merchants_merchantimport_csv"),
            path("export.xlsx", self._guarded(_as_xlsx), name="merchants_merchantimport_xlsx"),
        ]
        return own + super().get_urls()

    def _guarded(self, answer: Any) -> Any:
        def view(request: HttpRequest) -> HttpResponseBase:
            if not request.user.has_perm("merchants.view_store"):
                raise PermissionDenied
            found: HttpResponseBase = answer(request)
            return found

        return self.admin_site.admin_view(view)


def _is_operator(request: HttpRequest) -> bool:
    return getattr(request.user, "acquirer_id", None) is None


def _stores(request: HttpRequest) -> Any:
    stores = Store.objects.select_related("merchant")
    return stores.order_by("merchant_id", "id")[:EXPORT_LIMIT].iterator(chunk_size=1000)


def _note_export(request: HttpRequest, form: str) -> None:
    acquirer_id = getattr(request.user, "acquirer_id", None)
    note("export", f"merchants.{form}", acquirer_id=acquirer_id, detail={})


def _example(request: HttpRequest) -> HttpResponse:
    rows = [[each.name for each in COLUMNS], [each.example for each in COLUMNS]]
    return _named(HttpResponse(b"".join(write_csv(rows)), content_type="text/csv"), "example.csv")


def _as_csv(request: HttpRequest) -> HttpResponseBase:
    _note_export(request, "csv")
    lines = in_this_scope(write_csv(rows_of(_stores(request))))
    return _named(StreamingHttpResponse(lines, content_type="text/csv"), "merchants.csv")


def _as_xlsx(request: HttpRequest) -> HttpResponse:
    _note_export(request, "xlsx")
    content = write_xlsx(rows_of(_stores(request)))
    return _named(HttpResponse(content, content_type=_XLSX), "merchants.xlsx")


def _named(answer: Answer, name: str) -> Answer:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
