"""manage.py import_merchants: a sheet of merchants and stores, checked whole, taken whole."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from merchants.models import MerchantImport
from merchants.services.drive_import import drive_import
from merchants.services.imports import bring_sheet, take_import
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope

_ACTOR = "command:import_merchants"


class Command(OperatorCommand):
    help = (
        "Take merchants and their stores from a CSV or XLSX file; a row is a store. Everything is "
        "taken, or nothing: every fault is printed with its row and column. What is there already "
        "is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("file", type=Path, help="CSV in UTF-8, or XLSX.")
        parser.add_argument("--dry-run", action="store_true", help="Check only; take nothing.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        with tenant_scope(acquirer.id):
            name = options["file"].name
            row = bring_sheet(acquirer, file_name=name, content=content, actor=_ACTOR)
            row = self._drive(row)
            if not options["dry_run"]:
                row = self._drive(take_import(row.id, actor=_ACTOR))
        return {
            "object": "merchant_import",
            "id": row.public_id,
            "status": row.status,
            "merchants": row.merchants,
            "stores": row.stores,
            "unchanged": row.unchanged,
        }

    def _drive(self, row: MerchantImport) -> MerchantImport:
        """Do a worker's part here and now; a worker that came first has done the same."""
        drive_import(row.id, acquirer_id=row.acquirer_id)
        row.refresh_from_db()
        if row.status == MerchantImport.Status.FAULTY:
            lines = [_line(*fault) for fault in row.faults]
            raise CommandError("\n".join([f"{len(lines)} faults; nothing was taken.", *lines]))
        return row


def _line(row: int, column: str, message: str) -> str:
    where = f"row {row}" if row else "the sheet"
    return f"  {where}{', ' + column if column else ''}: {message}"
