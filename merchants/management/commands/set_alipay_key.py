"""manage.py set_alipay_key: the key that Alipay's answers are verified with."""

from argparse import ArgumentParser
from typing import Any

from merchants.management.key_files import read_key_file
from merchants.management.references import read_partner_account
from merchants.services import set_alipay_key
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Set Alipay's public key of a partner account, read from a file or standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--live", action="store_true", help="Of the live account; else test.")
        parser.add_argument(
            "--alipay-public-key-file",
            default="-",
            metavar="FILE",
            help="PEM, or Base64 as Alipay's site shows it; '-' (the default) is stdin.",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        account = read_partner_account(acquirer, livemode=options["live"])
        key = read_key_file("--alipay-public-key-file", options["alipay_public_key_file"])
        with tenant_scope(acquirer.id):
            set_alipay_key(account, alipay_public_key=key)
        return {
            "object": "partner_account",
            "id": account.public_id,
            "livemode": account.livemode,
            "has_alipay_public_key": True,
        }
