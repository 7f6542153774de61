"""manage.py recount_insights: count what insights are read from anew, from the payments."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from kernel import clock
from portal.services.analyse import recount_insights
from tenancy.management.base import OperatorCommand

_MAX_DAYS = 4000


class Command(OperatorCommand):
    help = "Count the sums behind insights anew, for the last days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, required=True, help="How many, today included.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        days = options["days"]
        if not 1 <= days <= _MAX_DAYS:
            raise CommandError(f"--days is 1 to {_MAX_DAYS}.")
        now = clock.now()
        counted = recount_insights(now - timedelta(days=days - 1), now)
        return {"object": "insights", "days_counted": counted}
