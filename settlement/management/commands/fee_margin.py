"""``manage.py fee_margin``: fees, the scheme's cost, and what is left, by merchant and day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from kernel.money import Money
from settlement.books.margin import Margin, list_margins, sum_by_currency
from settlement.management.commands.settle import read_day
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer


class Command(OperatorCommand):
    help = (
        "Print what each merchant's settled days have earned: fees less the scheme's cost, by "
        "its settlement files, its transaction files, or else by the contract with it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--from", required=True, type=read_day, help="First business day.")
        parser.add_argument("--to", required=True, type=read_day, help="Last business day.")
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        try:
            rows = list_margins(acquirer, options["from"], options["to"], livemode=options["live"])
        except ValueError as fault:
            raise CommandError(f"--from, --to: {fault}.") from None
        if not options["json"]:
            for row in rows:
                self.stdout.write(_line(row))
        sums = sum_by_currency(rows)
        margins = (str(Money(sums[code][2], code)) for code in sums)
        return {
            "object": "fee_margin",
            "acquirer": acquirer.slug,
            "lines_by_settlement_file": sum(row.settled for row in rows),
            "lines_by_transaction_file": sum(row.told for row in rows),
            "lines_by_contract": sum(row.expected for row in rows),
            "lines_unknown": sum(row.unknown for row in rows),
            "margin": ", ".join(margins) or "none",
        }


def _line(row: Margin) -> str:
    fees, cost, margin = (Money(minor, row.currency) for minor in (row.fees, row.cost, row.margin))
    return f"{row.business_date} {row.merchant}: {fees} fees, {cost} cost, {margin} margin"
