"""manage.py create_api_key: what a merchant's ECR signs in with."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from kernel import clock
from merchants.management.references import read_merchant, read_store, read_terminal
from merchants.services import issue_api_key
from merchants.state import ALL_SCOPES
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.scope import tenant_scope

_LONGEST_LIFE_DAYS = 3650


class Command(OperatorCommand):
    help = "Create an API key and print it. It is shown this once: only its digest is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser, required=False, note=" Not needed with a mer_… id.")
        parser.add_argument("--merchant", required=True, help="mer_… id, or Alipay's id: M0001.")
        parser.add_argument("--store", help="Bind the key to one store: str_… id or Alipay's id.")
        parser.add_argument(
            "--terminal", help="Bind it to one terminal: trm_… id. Implies its store."
        )
        parser.add_argument(
            "--from",
            action="append",
            dest="networks",
            metavar="NETWORK",
            help="Refuse callers from elsewhere: 203.0.113.0/24; repeatable.",
        )
        parser.add_argument("--label", required=True, help="To tell keys apart: 'ECR Central'.")
        parser.add_argument("--live", action="store_true", help="A live key; else a test key.")
        parser.add_argument(
            "--scope",
            action="append",
            choices=ALL_SCOPES,
            help="What it may do; repeatable. Left out: everything.",
        )
        parser.add_argument("--expires-in-days", type=int, help="Left out: until it is revoked.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        merchant = read_merchant(options["merchant"], options["acquirer"])
        store = options["store"] and read_store(
            options["store"], merchant.public_id, options["acquirer"]
        )
        terminal = options["terminal"] and read_terminal(options["terminal"])
        with tenant_scope(merchant.acquirer_id):
            key, text = issue_api_key(
                merchant=merchant,
                label=options["label"],
                livemode=options["live"],
                scopes=options["scope"] or ALL_SCOPES,
                store=store or None,
                terminal=terminal or None,
                allowed_networks=options["networks"] or (),
                expires_at=_expiry(options["expires_in_days"]),
            )
        return {
            "object": "api_key",
            "id": key.public_id,
            "merchant": merchant.public_id,
            "store": key.store.public_id if key.store else None,
            "terminal": key.terminal.public_id if key.terminal else None,
            "livemode": key.livemode,
            "scopes": key.scopes,
            "allowed_networks": key.allowed_networks,
            "key": text,
        }


def _expiry(days: int | None) -> Any:
    if days is None:
        return None
    if not 1 <= days <= _LONGEST_LIFE_DAYS:
        raise CommandError(f"--expires-in-days: 1 to {_LONGEST_LIFE_DAYS}.")
    return clock.now() + timedelta(days=days)
