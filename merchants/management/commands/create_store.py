"""manage.py create_store: a merchant's place of business."""

from argparse import ArgumentParser
from typing import Any

from merchants.management.references import read_merchant
from merchants.services import create_store
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Create a store of a merchant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser, required=False, note=" Not needed with a mer_… id.")
        parser.add_argument("--merchant", required=True, help="mer_… id, or Alipay's id: M0001.")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--scheme-store-id", required=True, help="Its id as registered with Alipay: S001."
        )
        parser.add_argument("--address", default="", help="Street and number.")
        parser.add_argument("--town", default="")
        parser.add_argument("--postal-code", default="")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        merchant = read_merchant(options["merchant"], options["acquirer"])
        with tenant_scope(merchant.acquirer_id):
            store = create_store(
                merchant=merchant,
                name=options["name"],
                scheme_store_id=options["scheme_store_id"],
                line1=options["address"],
                town=options["town"],
                postal_code=options["postal_code"],
            )
        return {
            "object": "store",
            "id": store.public_id,
            "merchant": merchant.public_id,
            "scheme_store_id": store.scheme_store_id,
        }
