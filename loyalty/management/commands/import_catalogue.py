"""manage.py import_catalogue: a sheet of products, checked whole, taken whole."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from loyalty.models import CatalogueImport
from loyalty.services.catalogue_imports import bring_catalogue, drive_catalogue, take_catalogue
from merchants.management.references import read_merchant
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.scope import tenant_scope

_ACTOR = "command:import_catalogue"


class Command(OperatorCommand):
    help = (
        "Take a merchant's products from a CSV or XLSX file, all or nothing: every "
        "fault is printed with its row and column. Products that the file does not name stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--merchant", required=True, metavar="ID", help="mer_…, or Alipay's id")
        add_acquirer_option(parser, required=False, note=" Needed with Alipay's id.")
        parser.add_argument("file", type=Path, help="CSV in UTF-8, or XLSX.")
        parser.add_argument("--dry-run", action="store_true", help="Check only; take nothing.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        merchant = read_merchant(options["merchant"], options["acquirer"])
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        with tenant_scope(merchant.acquirer_id):
            name = options["file"].name
            row = bring_catalogue(merchant, file_name=name, content=content, actor=_ACTOR)
            row = _drive(row)
            if not options["dry_run"]:
                row = _drive(take_catalogue(row.id, actor=_ACTOR))
        return {
            "object": "catalogue_import",
            "id": row.public_id,
            "status": row.status,
            "added": row.added,
            "changed": row.changed,
            "unchanged": row.unchanged,
        }


def _drive(row: CatalogueImport) -> CatalogueImport:
    """Do a worker's part here and now; a worker that came first has done the same."""
    drive_catalogue(row.id, acquirer_id=row.acquirer_id)
    row.refresh_from_db()
    if row.status == CatalogueImport.Status.FAULTY:
        lines = [_line(*fault) for fault in row.faults]
        raise CommandError("\n".join([f"{len(lines)} faults; nothing was taken.", *lines]))
    return row


def _line(row: int, column: str, message: str) -> str:
    where = f"row {row}" if row else "the sheet"
    return f"  {where}{', ' + column if column else ''}: {message}"
