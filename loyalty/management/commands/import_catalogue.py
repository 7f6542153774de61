"""manage.py import_catalogue: a sheet of products, checked whole, taken whole."""

from argparse import ArgumentParser
from typing import Any

from loyalty.services.catalogue_imports import CATALOGUES
from merchants.management.references import read_merchant
from merchants.management.sheets import add_sheet_arguments, take_sheet
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
        add_sheet_arguments(parser)

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        merchant = read_merchant(options["merchant"], options["acquirer"])
        whose = {"merchant": merchant, "acquirer_id": merchant.acquirer_id}
        with tenant_scope(merchant.acquirer_id):
            row = take_sheet(CATALOGUES, options, actor=_ACTOR, **whose)
        return {
            "object": "catalogue_import",
            "id": row.public_id,
            "status": row.status,
            "added": row.added,
            "changed": row.changed,
            "unchanged": row.unchanged,
        }
