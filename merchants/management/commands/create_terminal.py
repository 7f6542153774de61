"""manage.py create_terminal: a till or POS device in a store."""

from argparse import ArgumentParser
from typing import Any

from merchants.management.references import read_store
from merchants.services import create_terminal
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Create a terminal of a store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser, required=False, note=" Not needed with a str_… id.")
        parser.add_argument("--merchant", help="mer_… id, or Alipay's id; not needed with str_….")
        parser.add_argument("--store", required=True, help="str_… id, or Alipay's id: S001.")
        parser.add_argument("--name", required=True, help="As the cashier knows it: 'Till 1'.")
        parser.add_argument("--scheme-terminal-id", required=True, help="Its id at Alipay: T01.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        store = read_store(options["store"], options["merchant"], options["acquirer"])
        with tenant_scope(store.acquirer_id):
            terminal = create_terminal(
                store=store,
                name=options["name"],
                scheme_terminal_id=options["scheme_terminal_id"],
            )
        return {
            "object": "terminal",
            "id": terminal.public_id,
            "store": store.public_id,
            "scheme_terminal_id": terminal.scheme_terminal_id,
        }
