"""manage.py create_acquirer: a new tenant."""

from argparse import ArgumentParser
from typing import Any

from tenancy.management.base import OperatorCommand
from tenancy.services import create_acquirer


class Command(OperatorCommand):
    help = "Create an acquirer: the tenant that holds a contract with Alipay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="As people read it: 'Harbour Bank'.")
        parser.add_argument("--slug", required=True, help="Its name in commands: harbour-bank.")
        parser.add_argument("--country", required=True, help="ISO 3166, two capitals: HK.")
        parser.add_argument(
            "--time-zone", default="Asia/Hong_Kong", help="IANA name (default: %(default)s)."
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = create_acquirer(
            name=options["name"],
            slug=options["slug"],
            country=options["country"],
            time_zone=options["time_zone"],
        )
        return {"object": "acquirer", "id": acquirer.public_id, "slug": acquirer.slug}
