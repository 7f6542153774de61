"""``manage.py check_points``: look at the points of members now, of one acquirer or of all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from loyalty.services.check_points import check_points
from tenancy.management.base import OperatorCommand
from tenancy.management.references import read_acquirer
from tenancy.models import Acquirer


class Command(OperatorCommand):
    help = (
        "Check that points hold: every balance is the sum of its entries, no lot is overdrawn, "
        "every sale to a member was noted. Fails if one rule is broken; changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--acquirer", metavar="SLUG", help="One acquirer; all if absent.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        named = options["acquirer"]
        acquirers = [read_acquirer(named)] if named else list(Acquirer.objects.order_by("id"))
        faults = sum(self._check(acquirer) for acquirer in acquirers)
        if faults:
            raise CommandError(f"The points have {faults} faults.")
        return {"object": "points_check", "acquirers": len(acquirers), "faults": faults}

    def _check(self, acquirer: Acquirer) -> int:
        found = check_points(acquirer)
        for fault in found:
            self.stderr.write(f"{acquirer.slug}: {fault.invariant.name}: {fault.count}")
            for line in fault.first:
                self.stderr.write(f"  {line}")
        return sum(fault.count for fault in found)
