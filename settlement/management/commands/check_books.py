"""``manage.py check_books``: look at the books now, of one acquirer or of all."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import CommandError

from settlement.models import BooksCheck
from settlement.services.check_books import check_books
from tenancy.management.base import OperatorCommand
from tenancy.management.references import read_acquirer
from tenancy.models import Acquirer


class Command(OperatorCommand):
    help = (
        "Check that the books hold: every transaction balances, every payment stands in them, "
        "every batch is the sum of its lines. Fails if one rule is broken; changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--acquirer", metavar="SLUG", help="One acquirer; all if absent.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        named = options["acquirer"]
        acquirers = [read_acquirer(named)] if named else list(Acquirer.objects.order_by("id"))
        faults = sum(self._check(acquirer).faults for acquirer in acquirers)
        if faults:
            raise CommandError(f"The books have {faults} faults.")
        return {"object": "books_check", "acquirers": len(acquirers), "faults": faults}

    def _check(self, acquirer: Acquirer) -> BooksCheck:
        check = check_books(acquirer, progress=partial(self._progress, acquirer.slug))
        for name, each in check.found():
            self.stderr.write(f"{acquirer.slug}: {name}: {each['count']}")
            for line in each["first"]:
                self.stderr.write(f"  {line}")
        return check

    def _progress(self, slug: str, done: int, of: int, name: str) -> None:
        if name:
            self.stderr.write(f"{slug}: {done + 1} of {of}, {name}")
