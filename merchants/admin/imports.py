"""Sheets in the admin: brought, checked, looked at, taken; and what is there, to take away."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from merchants.admin.sheet_export import SheetExport
from merchants.admin.sheets import SheetAdmin, sheet_form, take_act
from merchants.models import MerchantImport, Store
from merchants.services.imports import IMPORTS
from merchants.sheets.columns import COLUMNS
from merchants.sheets.reading import ROWS_LIMIT
from merchants.sheets.writing import EXPORT_LIMIT, rows_of
from tenancy.owned_admin import is_operator
from tenancy.signed_in import staff_of


@admin.register(MerchantImport)
class MerchantImportAdmin(SheetExport, SheetAdmin):
    work = IMPORTS
    columns = COLUMNS
    exported, export_permission = "merchants", "merchants.view_store"
    outcome_template = "merchants/sheet_outcome.html"
    acts = (
        take_act(
            IMPORTS,
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

    def rows_to_export(self) -> Iterable[list[str]]:
        stores = Store.objects.select_related("merchant").order_by("merchant_id", "id")
        return rows_of(stores[:EXPORT_LIMIT].iterator(chunk_size=1000))
