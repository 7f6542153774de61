"""Sheets of the products of one merchant."""

from collections.abc import Callable
from dataclasses import dataclass

from loyalty.models import CatalogueImport, Product
from loyalty.product_sheet import COLUMNS, ROWS_LIMIT, Plan, plan_products
from merchants.services.sheet_work import SheetWork
from merchants.sheets.reading import Row, read_sheet

_BATCH = 1000  # rows of one statement
_FIELDS = ("name", "category", "currency", "price_minor", "cost_minor", "is_active")


@dataclass(frozen=True, kw_only=True)
class _Catalogues(SheetWork[CatalogueImport, Plan]):
    def read(self, content: bytes) -> list[Row]:
        return read_sheet(content, COLUMNS, rows_limit=ROWS_LIMIT)

    def plan(self, row: CatalogueImport, rows: list[Row], tell: Callable[[int], None]) -> Plan:
        skus = {each.cells["sku"] for each in rows if "sku" in each.cells}
        found = Product.objects.filter(merchant_id=row.merchant_id, sku__in=skus)
        known = {product.sku: product for product in found.iterator(chunk_size=_BATCH)}
        plan = plan_products(rows, known, progress=tell)
        for product in plan.added:
            product.acquirer_id, product.merchant_id = row.acquirer_id, row.merchant_id
        return plan

    def make(self, plan: Plan) -> None:
        Product.objects.bulk_create(plan.added, batch_size=_BATCH)
        Product.objects.bulk_create(
            plan.changed,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_FIELDS,
        )

    def count(self, row: CatalogueImport, plan: Plan) -> None:
        row.added, row.changed = len(plan.added), len(plan.changed)
        row.unchanged = plan.unchanged


CATALOGUES = _Catalogues(
    model=CatalogueImport,
    task="loyalty.drive_catalogue_import",
    every_seconds=3,
    plan_type=Plan,
    crossed="Somebody made one of these products just now; check again.",
    told_every=500,
)
