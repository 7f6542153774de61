"""``manage.py journal``: the acquirer's books of some business days as CSV for its accounting."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from kernel.money import Money
from settlement.management.commands.settle import read_day
from settlement.models import Journal
from settlement.services.make_journal import make_journal, open_journal
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = (
        "Write an acquirer's journal of business days that have ended: each entry, or each account "
        "by the day. The same days make the same bytes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--from", required=True, type=read_day, dest="first", metavar="DAY",
                            help="The first day: 2026-11-01.")  # fmt: skip
        parser.add_argument("--to", required=True, type=read_day, dest="last", metavar="DAY",
                            help="The last day: 2026-11-30.")  # fmt: skip
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")
        parser.add_argument(
            "--form", choices=Journal.Form.values, default=Journal.Form.ENTRIES.value,
            help="Each entry, or each account by the day.",
        )  # fmt: skip
        parser.add_argument("--output", type=Path, help="Copy it to this file, too.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        row = make_journal(
            acquirer, options["first"], options["last"],
            livemode=options["live"], form=options["form"], actor="command:journal",
        )  # fmt: skip
        if options["output"] is not None:
            with tenant_scope(acquirer.id), open_journal(row, by="command:journal") as file:
                try:
                    with options["output"].open("wb") as out:
                        shutil.copyfileobj(file, out)
                except OSError as error:
                    raise CommandError(f"{options['output']}: {error.strerror}") from None
        totals = [str(Money(minor, currency)) for currency, minor in row.totals.items()]
        return {
            "object": "journal",
            "id": row.public_id,
            "name": row.name,
            "rows": row.rows,
            "totals": ", ".join(totals) or "none",
            "sha256": row.sha256,
        }
