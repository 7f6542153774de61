"""The catalogue in the console: a merchant's products, and sheets of them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from loyalty.models import CatalogueImport, Product
from loyalty.product_sheet import COLUMNS, ROWS_LIMIT, rows_of
from loyalty.services.catalogue_imports import CATALOGUES
from merchants.admin.sheet_export import SheetExport
from merchants.admin.sheets import SheetAdmin, sheet_form, take_act
from tenancy.owned_admin import OwnedAdmin, OwnedForm
from tenancy.showing import money_of

EXPORT_LIMIT = 100_000  # products


class ProductForm(OwnedForm):
    """A product is of its merchant's acquirer."""

    amounts = ("price_minor", "cost_minor")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if merchant := cleaned.get("merchant"):
            self.instance.acquirer_id = merchant.acquirer_id
        return cleaned


@admin.register(Product)
class ProductAdmin(SheetExport, OwnedAdmin):
    columns = COLUMNS
    exported, export_permission = "products", "loyalty.view_product"
    form = ProductForm
    change_list_template = "admin/loyalty/product/list.html"
    fields = ("merchant", "sku", "name", "category", "currency", "price_minor", "cost_minor",
              "is_active", "public_id", "created_at")  # fmt: skip
    readonly_fields = ("public_id", "created_at")
    fixed_fields = ("merchant", "sku")
    autocomplete_fields = ("merchant",)
    price, cost = money_of("price_minor", "price"), money_of("cost_minor", "cost")
    list_display = ("sku", "name", "category", "merchant", "price", "cost", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("merchant",)
    search_fields = ("=sku", "name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new product has no record yet."""
        fields = super().get_fields(request, obj)
        later = {"public_id", "created_at"} if obj is None else set()
        return [name for name in fields if name not in later]

    def rows_to_export(self) -> Iterable[list[str]]:
        rows = Product.objects.order_by("merchant_id", "sku")
        return rows_of(rows[:EXPORT_LIMIT].iterator(chunk_size=1000))


@admin.register(CatalogueImport)
class CatalogueImportAdmin(SheetAdmin):
    work = CATALOGUES
    columns = COLUMNS
    outcome_template = "loyalty/sheet_outcome.html"
    acts = (
        take_act(
            CATALOGUES,
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
