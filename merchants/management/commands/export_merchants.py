"""manage.py export_merchants: merchants and stores, as import_merchants reads them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from merchants.models import Store
from merchants.sheets.writing import EXPORT_LIMIT, rows_of, write_csv, write_xlsx
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Write every store with its merchant to a file: XLSX if it is named so, else CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("file", type=Path)

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer, file = read_acquirer(options["acquirer"]), options["file"]
        with tenant_scope(acquirer.id):
            stores = Store.objects.select_related("merchant").order_by("merchant_id", "id")
            found = list(stores[:EXPORT_LIMIT])
        rows = rows_of(found)
        is_workbook = file.suffix.lower() == ".xlsx"
        file.write_bytes(write_xlsx(rows) if is_workbook else b"".join(write_csv(rows)))
        return {"object": "export", "file": str(file), "stores": len(found)}
