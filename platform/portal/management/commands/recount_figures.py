"""manage.py recount_figures: count the figures of the console anew, from the payments."""

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import CommandError

from kernel import clock
from portal.services.roll_up import recount
from tenancy.management.base import OperatorCommand

_MAX_DAYS = 400


class Command(OperatorCommand):
    help = "Count the figures behind the dashboard and live health anew, for the last days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, required=True, help="How many, today included.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        days = options["days"]
        if not 1 <= days <= _MAX_DAYS:
            raise CommandError(f"--days is 1 to {_MAX_DAYS}.")
        now = clock.now()
        today = datetime(now.year, now.month, now.day, tzinfo=UTC)
        slots = recount(today - timedelta(days=days - 1), now)
        return {"object": "figures", "slots_counted": slots}
