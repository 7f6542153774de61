"""manage.py create_partner_account: the acquirer's integration with Alipay, for one mode."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from connectors.alipay.config import PRODUCTION_BACKUP_URL, PRODUCTION_URL, SignType
from merchants.gateways import notify_url
from merchants.management.key_files import read_key_file
from merchants.services import create_partner_account, public_key_of
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = (
        "Create a partner account for test mode, or with --live for live mode. Without "
        "--private-key-file an RSA key pair is made; only its public half is printed, to be "
        "uploaded at Alipay. The private key never leaves the database, where it is encrypted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--partner-id", required=True, help="16 digits, from 2088.")
        parser.add_argument(
            "--currency", required=True, action="append", help="Of the contract; repeatable: HKD."
        )
        parser.add_argument("--live", action="store_true", help="For live keys; else for test.")
        parser.add_argument(
            "--gateway-url",
            help="Where calls go; for test mode the simulator's …/gateway.do and required, "
            f"for live mode {PRODUCTION_URL} if left out.",
        )
        parser.add_argument("--backup-gateway-url", help="Tried when the first cannot be reached.")
        parser.add_argument("--sign-type", choices=list(SignType), default=SignType.RSA2.value)
        parser.add_argument("--private-key-file", help="Ours, PEM or Base64; '-' for stdin.")
        parser.add_argument("--md5-key-file", help="For --sign-type MD5; '-' for stdin.")
        parser.add_argument("--alipay-public-key-file", help="Alipay's key; '-' for stdin.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        primary_url, backup_url = _addresses(options)
        with tenant_scope(acquirer.id):
            account = create_partner_account(
                acquirer=acquirer,
                partner_id=options["partner_id"],
                livemode=options["live"],
                currencies=options["currency"],
                primary_url=primary_url,
                backup_url=backup_url,
                sign_type=options["sign_type"],
                private_key=read_key_file("--private-key-file", options["private_key_file"]),
                md5_key=read_key_file("--md5-key-file", options["md5_key_file"]),
                alipay_public_key=read_key_file(
                    "--alipay-public-key-file", options["alipay_public_key_file"]
                ),
            )
        return {
            "object": "partner_account",
            "id": account.public_id,
            "livemode": account.livemode,
            "notify_url": notify_url(account),
            "public_key": public_key_of(account) if account.private_key else None,
        }


def _addresses(options: dict[str, Any]) -> tuple[str, str]:
    given, backup = options["gateway_url"], options["backup_gateway_url"] or ""
    if given:
        return given, backup
    if not options["live"]:
        raise CommandError("--gateway-url: a test account needs the simulator's address.")
    return PRODUCTION_URL, backup or PRODUCTION_BACKUP_URL
