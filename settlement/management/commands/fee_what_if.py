"""``manage.py fee_what_if``: a past month under another fee plan, beside what was charged."""

import re
from argparse import ArgumentParser
from collections import defaultdict
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from kernel.ids import InvalidId
from kernel.money import Money
from merchants.models import Merchant
from settlement.models import FeePlan, FeeVersion
from settlement.services.what_if import Compared, what_if
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

_MONTH = re.compile(r"\d{4}-\d{2}")


class Command(OperatorCommand):
    help = (
        "Charge a settled month again under a version of a fee plan, by the same rule, and print "
        "it beside what was charged, by merchant. Writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--plan", required=True, help="Name or id of the plan (fpl_01j…).")
        parser.add_argument("--number", type=int, help="Of the version; the latest if absent.")
        parser.add_argument("--month", required=True, type=read_month, help="Such as 2026-10.")
        parser.add_argument("--merchant", help="One merchant's id (mer_01j…); all if absent.")
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        with tenant_scope(acquirer.id):
            version = _version(options["plan"], options["number"])
            merchants = None if options["merchant"] is None else [_merchant(options["merchant"])]
        rows = what_if(
            acquirer, version, options["month"], livemode=options["live"], merchants=merchants
        )
        if not options["json"]:
            for row in rows:
                self.stdout.write(_line(row))
        return _result(acquirer, version, options["month"], rows)


def _line(row: Compared) -> str:
    charged, proposed = Money(row.fees, row.currency), Money(row.proposed_fees, row.currency)
    difference = Money(row.difference, row.currency)
    return f"{row.merchant}: {charged} charged, {proposed} proposed, {difference} difference"


def _result(
    acquirer: Acquirer, version: FeeVersion, month: date, rows: list[Compared]
) -> dict[str, Any]:
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        sums[row.currency] += row.difference
    return {
        "object": "fee_what_if",
        "acquirer": acquirer.slug,
        "version": version.public_id,
        "month": f"{month:%Y-%m}",
        "merchants": len({row.merchant_id for row in rows}),
        "lines": sum(row.lines for row in rows),
        "difference": ", ".join(str(Money(sums[code], code)) for code in sorted(sums)) or "none",
    }


def read_month(text: str) -> date:
    """The first day of ``2026-10``."""
    try:
        if _MONTH.fullmatch(text):
            return date.fromisoformat(f"{text}-01")
    except ValueError:
        pass
    raise CommandError(f"{text!r} is no month; write 2026-10.")


def _version(plan_name: str, number: int | None) -> FeeVersion:
    try:
        plan = FeePlan.objects.filter(id=FeePlan.public_id_to_uuid(plan_name)).first()
    except InvalidId:
        plan = FeePlan.objects.filter(name=plan_name).first()
    if plan is None:
        raise CommandError(f"No fee plan of this acquirer is called {plan_name!r}.")
    wanted = {} if number is None else {"number": number}
    found = plan.versions.filter(**wanted).order_by("-number").first()
    if found is None:
        raise CommandError(f"{plan.name!r} has no version {number}.")
    return found


def _merchant(text: str) -> Any:
    try:
        found = Merchant.objects.filter(id=Merchant.public_id_to_uuid(text)).first()
    except InvalidId:
        found = None
    if found is None:
        raise CommandError(f"--merchant: this acquirer has no merchant {text!r}.")
    return found.id
