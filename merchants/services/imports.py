"""Sheets of merchants and their stores."""

from collections.abc import Callable
from dataclasses import dataclass

from merchants.models import Merchant, MerchantImport, Store
from merchants.services.sheet_work import SheetWork
from merchants.sheets.plan import Plan, make_plan
from merchants.sheets.reading import Row, read_sheet

_BATCH = 500  # rows of one INSERT


@dataclass(frozen=True, kw_only=True)
class _MerchantSheets(SheetWork[MerchantImport, Plan]):
    def read(self, content: bytes) -> list[Row]:
        return read_sheet(content)

    def plan(self, row: MerchantImport, rows: list[Row], tell: Callable[[int], None]) -> Plan:
        return make_plan(row.acquirer, rows, progress=tell)

    def make(self, plan: Plan) -> None:
        Merchant.objects.bulk_create(plan.merchants, batch_size=_BATCH)
        Store.objects.bulk_create(plan.stores, batch_size=_BATCH)

    def count(self, row: MerchantImport, plan: Plan) -> None:
        row.merchants, row.stores = len(plan.merchants), len(plan.stores)
        row.unchanged = plan.unchanged


IMPORTS = _MerchantSheets(
    model=MerchantImport,
    task="merchants.drive_import",
    every_seconds=2,
    related=("acquirer",),
    plan_type=Plan,
    crossed="Somebody made one of these merchants or stores just now; check again.",
    told_every=100,
)
