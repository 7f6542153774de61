"""manage.py import_merchants: a sheet of merchants and stores, checked whole, taken whole."""

from argparse import ArgumentParser
from typing import Any

from merchants.management.sheets import add_sheet_arguments, take_sheet
from merchants.services.imports import IMPORTS
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
        add_sheet_arguments(parser)

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        with tenant_scope(acquirer.id):
            row = take_sheet(IMPORTS, options, actor=_ACTOR, acquirer=acquirer)
        return {
            "object": "merchant_import",
            "id": row.public_id,
            "status": row.status,
            "merchants": row.merchants,
            "stores": row.stores,
            "unchanged": row.unchanged,
        }
