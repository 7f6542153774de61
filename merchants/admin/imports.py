"""Sheets in the admin: brought, checked, looked at, taken; and what is there, to take away."""

from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import path

from merchants.admin.sheets import SheetAdmin, sheet_form, take_act
from merchants.models import MerchantImport, Store
from merchants.services.imports import IMPORTS
from merchants.sheets.columns import COLUMNS
from merchants.sheets.reading import ROWS_LIMIT
from merchants.sheets.writing import EXPORT_LIMIT, rows_of, write_csv, write_xlsx
from tenancy.audit import note
from tenancy.owned_admin import is_operator
from tenancy.scope import in_this_scope
from tenancy.signed_in import staff_of

Answer = TypeVar("Answer", bound=HttpResponseBase)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@admin.register(MerchantImport)
class MerchantImportAdmin(SheetAdmin):
    work = IMPORTS
    columns = COLUMNS
    outcome_template = "merchants/sheet_outcome.html"
    acts = (
        take_act(
            IMPORTS,
            "merchants.add_merchantimport",
            lambda row: [("New merchants", row.merchants), ("New stores", row.stores)],
        ),
    )
    form = sheet_form(ROWS_LIMIT)
    change_form_template = "admin/merchants/merchantimport/sheet.html"
    change_list_template = "admin/merchants/merchantimport/sheets.html"
    fields = ("buttons", "outcome", "acquirer", "file_name", "brought_by", "created_at",
              "taken_by", "finished_at", "public_id")  # fmt: skip
    readonly_fields = (*fields,)
    list_display = ("file_name", "acquirer", "status", "merchants", "stores", "created_at")
    list_select_related = ("acquirer",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fields(request, obj)
        return ["acquirer", "file"] if is_operator(request) else ["file"]

    def whose(self, request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
        acquirer = said.get("acquirer") or staff_of(request).acquirer
        assert acquirer is not None  # noqa: S101 - an operator has chosen one
        return {"acquirer": acquirer}

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
