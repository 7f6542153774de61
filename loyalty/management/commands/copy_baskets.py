"""manage.py copy_baskets: the baskets of payments, copied anew."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError

from loyalty.services.copy_baskets import copy_again
from tenancy.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Make the baskets what the payments say, for every payment that changed since a day. "
        "Workers do the same all the time; this is for after a restore, or to be sure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", required=True, metavar="DATE", help="2026-11-01, in UTC.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            since = datetime.strptime(options["since"], "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            raise CommandError("--since: write a day such as 2026-11-01.") from None
        return {"object": "copy", "payments": copy_again(since)}
