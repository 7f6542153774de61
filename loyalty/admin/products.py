"""The catalogue in the console: a merchant's products, and sheets of them."""

from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from loyalty.models import CatalogueImport, Product
from loyalty.product_sheet import COLUMNS, ROWS_LIMIT, rows_of
from loyalty.services.catalogue_imports import CATALOGUES
from merchants.admin.sheets import SheetAdmin, sheet_form, take_act
from merchants.sheets.writing import answer_csv, write_csv, write_xlsx
from tenancy.audit import note
from tenancy.owned_admin import OwnedAdmin, OwnedForm

Answer = TypeVar("Answer", bound=HttpResponseBase)
EXPORT_LIMIT = 100_000  # products
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ProductForm(OwnedForm):
    """A product is of its merchant's acquirer."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if merchant := cleaned.get("merchant"):
            self.instance.acquirer_id = merchant.acquirer_id
        return cleaned


@admin.register(Product)
class ProductAdmin(OwnedAdmin):
    form = ProductForm
    change_list_template = "admin/loyalty/product/list.html"
    fields = ("merchant", "sku", "name", "category", "currency", "price_minor", "cost_minor",
              "is_active", "public_id", "created_at")  # fmt: skip
    readonly_fields = ("public_id", "created_at")
    fixed_fields = ("merchant", "sku")
    autocomplete_fields = ("merchant",)
    list_display = ("sku", "name", "category", "merchant", "currency", "price_minor",
                    "cost_minor", "is_active")  # fmt: skip
    list_filter = ("is_active",)
    list_select_related = ("merchant",)
    search_fields = ("=sku", "name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new product has no record yet."""
        fields = super().get_fields(request, obj)
        later = {"public_id", "created_at"} if obj is None else set()
        return [name for name in fields if name not in later]

    def get_urls(self) -> Any:
        own = [
            path("example.csv", self._guarded(_example), name="loyalty_product_example"),
            path("export.csv", self._guarded(_as_csv), name="loyalty_product_csv"),
            path("export.xlsx", self._guarded(_as_xlsx), name="loyalty_product_xlsx"),
        ]
        return own + super().get_urls()

    def _guarded(self, answer: Any) -> Any:
        def view(request: HttpRequest) -> HttpResponseBase:
            if not request.user.has_perm("loyalty.view_product"):
                raise PermissionDenied
            found: HttpResponseBase = answer(request)
            return found

        return self.admin_site.admin_view(view)


@admin.register(CatalogueImport)
class CatalogueImportAdmin(SheetAdmin):
    work = CATALOGUES
    columns = COLUMNS
    outcome_template = "loyalty/sheet_outcome.html"
    acts = (
        take_act(
            CATALOGUES,
            "loyalty.add_catalogueimport",
            lambda row: [("New products", row.added), ("Changed products", row.changed)],
        ),
    )
    form = sheet_form(ROWS_LIMIT)
    change_form_template = "admin/loyalty/catalogueimport/sheet.html"
    fields = ("buttons", "outcome", "merchant", "file_name", "brought_by", "created_at",
              "taken_by", "finished_at", "public_id")  # fmt: skip
    readonly_fields = (*fields,)
    autocomplete_fields = ("merchant",)
    list_display = ("file_name", "merchant", "status", "added", "changed", "created_at")
    list_select_related = ("merchant",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["merchant", "file"] if obj is None else super().get_fields(request, obj)

    def whose(self, request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
        return {"acquirer_id": said["merchant"].acquirer_id, "merchant": said["merchant"]}


def _products() -> Any:
    rows = Product.objects.order_by("merchant_id", "sku")
    return rows[:EXPORT_LIMIT].iterator(chunk_size=1000)


def _note_export(request: HttpRequest, form: str) -> None:
    acquirer_id = getattr(request.user, "acquirer_id", None)
    note("export", f"products.{form}", acquirer_id=acquirer_id, detail={})


def _example(request: HttpRequest) -> HttpResponse:
    rows = [[each.name for each in COLUMNS], [each.example for each in COLUMNS]]
    return _named(HttpResponse(b"".join(write_csv(rows)), content_type="text/csv"), "example.csv")


def _as_csv(request: HttpRequest) -> HttpResponseBase:
    _note_export(request, "csv")
    return answer_csv(rows_of(_products()), "products.csv")


def _as_xlsx(request: HttpRequest) -> HttpResponse:
    _note_export(request, "xlsx")
    content = write_xlsx(rows_of(_products()), sheet_name="Products")
    return _named(HttpResponse(content, content_type=_XLSX), "products.xlsx")


def _named(answer: Answer, name: str) -> Answer:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
