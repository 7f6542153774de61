"""``manage.py set_file_place``: say where a partner account's daily files are fetched from."""

from argparse import ArgumentParser
from datetime import time
from typing import Any

from merchants.management.key_files import read_key_file
from merchants.management.references import read_partner_account
from merchants.models import PartnerAccount
from settlement.models import FilePlace
from settlement.services.file_places import save_place, show_host_key, try_place
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = (
        "Keep the SFTP server of a partner account's daily files: from then on they are fetched "
        "each morning. Without --host-key the key that the server shows is printed, for you to "
        "compare, and nothing is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")
        parser.add_argument("--host", required=True, help="Such as isftp.alipay.com.")
        parser.add_argument("--port", type=int, default=22)
        parser.add_argument("--user", default="", help="The partner id, if absent.")
        parser.add_argument("--password-file", help="A file with the password; '-' for stdin.")
        parser.add_argument("--host-key", default="", help="Pinned: ssh-ed25519 AAAA…")
        parser.add_argument("--folder", default="/download/")
        parser.add_argument("--fetched-from", type=_hour, help="In Beijing: 09:30.")
        parser.add_argument("--missing-from", type=_hour, help="In Beijing: 12:00.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        host, port = options["host"], options["port"]
        if not options["host_key"]:
            return {"object": "host_key", "host_key": show_host_key(host, port), "kept": False}
        acquirer = read_acquirer(options["acquirer"])
        with tenant_scope(acquirer.id):
            account = read_partner_account(acquirer, livemode=options["live"])
            place = FilePlace.objects.filter(partner_account=account).first()
            place = place or FilePlace(acquirer=acquirer, partner_account=account)
            _fill(place, account, options)
            save_place(place)
            return {
                "object": "file_place",
                "id": place.public_id,
                "partner_id": account.partner_id,
                "found": try_place(place),
            }


def _fill(place: FilePlace, account: PartnerAccount, options: dict[str, Any]) -> None:
    place.host, place.port = options["host"], options["port"]
    place.username = options["user"] or place.username or account.partner_id
    place.password = (
        read_key_file("--password-file", options["password_file"]) or place.password or ""
    )
    place.host_key, place.folder = options["host_key"], options["folder"]
    place.fetched_from = options["fetched_from"] or place.fetched_from
    place.missing_from = options["missing_from"] or place.missing_from


def _hour(text: str) -> time:
    return time.fromisoformat(text)
