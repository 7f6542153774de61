"""Prints an acquirer's trial balance; fails if a currency does not sum to zero."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.money import Money
from ledger.selectors import list_trial_balance
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Print an acquirer's balances per kind of account and currency."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--acquirer", required=True, metavar="SLUG")
        parser.add_argument("--live", action="store_true", help="the live books, not the test ones")
        parser.add_argument("--at", metavar="TIME", help="as they stood then (RFC 3339)")

    def handle(self, *args: Any, **options: Any) -> None:
        acquirer = Acquirer.objects.filter(slug=options["acquirer"]).first()
        if acquirer is None:
            raise CommandError(f"No acquirer has the slug {options['acquirer']!r}.")
        with tenant_scope(acquirer.id):
            lines = list_trial_balance(livemode=options["live"], at=_moment(options["at"]))
        sums: defaultdict[str, int] = defaultdict(int)
        for line in lines:
            sums[line.currency] += line.balance_minor
            amount = Money(line.balance_minor, line.currency)
            self.stdout.write(f"{line.kind:<20} {amount!s:>24}")
        if any(sums.values()):
            raise CommandError(f"The books do not balance: {dict(sums)}")
        self.stdout.write(f"balanced in {len(sums)} currencies")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at is no time: {text!r}; write 2026-11-22T16:00:00Z") from None
    if moment.tzinfo is None:
        raise CommandError(f"--at has no zone: {text!r}; write 2026-11-22T16:00:00Z")
    return moment
