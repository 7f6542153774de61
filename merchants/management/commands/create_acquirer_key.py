"""manage.py create_acquirer_key: what an ISV's or acquirer's own system signs in with."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from kernel import clock
from merchants.services.acquirer_keys import issue_acquirer_key
from merchants.state import ALL_ACQUIRER_SCOPES
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope

_LONGEST_LIFE_DAYS = 3650


class Command(OperatorCommand):
    help = "Create an acquirer key and print it. It is shown this once: only its digest is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--label", required=True, help="To tell keys apart: 'Onboarding'.")
        parser.add_argument(
            "--scope",
            action="append",
            choices=ALL_ACQUIRER_SCOPES,
            help="What it may do; repeatable. Left out: everything.",
        )
        parser.add_argument(
            "--from",
            action="append",
            dest="networks",
            metavar="NETWORK",
            help="Refuse callers from elsewhere: 203.0.113.0/24; repeatable.",
        )
        parser.add_argument("--expires-in-days", type=int, help="Left out: until it is revoked.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        days = options["expires_in_days"]
        if days is not None and not 1 <= days <= _LONGEST_LIFE_DAYS:
            raise CommandError(f"--expires-in-days: 1 to {_LONGEST_LIFE_DAYS}.")
        with tenant_scope(acquirer.id):
            key, text = issue_acquirer_key(
                acquirer=acquirer,
                label=options["label"],
                scopes=options["scope"] or ALL_ACQUIRER_SCOPES,
                allowed_networks=options["networks"] or (),
                expires_at=None if days is None else clock.now() + timedelta(days=days),
            )
        return {
            "object": "acquirer_key",
            "id": key.public_id,
            "acquirer": acquirer.slug,
            "scopes": key.scopes,
            "allowed_networks": key.allowed_networks,
            "key": text,
        }
