"""``manage.py settle``: freeze the batches of a business day, by hand."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from kernel.errors import Conflict
from settlement.services.settle import settle
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer


class Command(OperatorCommand):
    help = (
        "Settle a business day: freeze each merchant's batch whose period ends on it. Doing it "
        "again does what is left, and nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--date", required=True, type=read_day, help="The day: 2026-11-22.")
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        try:
            settled = settle(
                acquirer, options["date"], livemode=options["live"], progress=self._progress
            )
        except Conflict as error:
            raise CommandError(error.detail) from None
        return {
            "object": "settled_day",
            "business_date": options["date"].isoformat(),
            "merchants": settled.merchants,
            "batches": len(settled.batches),
        }

    def _progress(self, done: int, of: int) -> None:
        self.stderr.write(f"{done} of {of} merchants")


def read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no day; write 2026-11-22.") from None
