"""manage.py show_partner_key: our public key, to be uploaded at Alipay."""

from argparse import ArgumentParser
from typing import Any

from merchants.gateways import notify_url
from merchants.management.references import read_partner_account
from merchants.services import public_key_of
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer


class Command(OperatorCommand):
    help = "Print our public key of a partner account: as PEM, and as Alipay's form wants it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--live", action="store_true", help="Of the live account; else test.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        account = read_partner_account(acquirer, livemode=options["live"])
        return {
            "object": "partner_account",
            "id": account.public_id,
            "notify_url": notify_url(account),
            "public_key": public_key_of(account),
            "public_key_base64": public_key_of(account, pem=False),
        }
