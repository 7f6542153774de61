"""``manage.py reconcile``: take the scheme's files of a day, and compare the books with them."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Count

from merchants.management.references import read_partner_account
from merchants.models import PartnerAccount
from settlement.management.commands.settle import read_day
from settlement.models import Break, SchemeFile
from settlement.services.reconcile_day import reconcile_day
from settlement.services.sweep_files import fetch_day
from settlement.services.take_file import take_file
from settlement.state import BreakState
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = (
        "Reconcile a business day (in Beijing): take the files that are named, then compare what "
        "is loaded for the day. Doing it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--date", required=True, type=read_day, help="The day: 2026-11-22.")
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")
        parser.add_argument(
            "--file",
            action="append",
            default=[],
            type=Path,
            help="A file of Alipay's to take first, under its own name; may be repeated.",
        )
        parser.add_argument(
            "--fetch",
            action="store_true",
            help="Fetch the day's files first, over SFTP from where set_file_place said.",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer, day = read_acquirer(options["acquirer"]), options["date"]
        with tenant_scope(acquirer.id):
            account = read_partner_account(acquirer, livemode=options["live"])
            files = [self._take(account, path) for path in options["file"]]
            fetched = self._fetch(account, day) if options["fetch"] else {}
            runs = reconcile_day(account, day, self._say)
            breaks = Break.objects.filter(partner_account=account, state=BreakState.OPEN)
            kinds = breaks.values_list("kind").annotate(Count("id")).order_by("kind")
            return {
                "object": "reconciled_day",
                "business_date": day.isoformat(),
                "files": len(files),
                **fetched,
                "runs": len(runs),
                "rows": sum(each.run.rows for each in runs),
                "opened": sum(each.opened for each in runs),
                "mended": sum(each.mended for each in runs),
                "open_breaks": ", ".join(f"{kind} {count}" for kind, count in kinds) or "none",
            }

    def _take(self, account: PartnerAccount, path: Path) -> SchemeFile:
        try:
            with path.open("rb") as file:
                taken = take_file(
                    account, path.name, file,
                    source=SchemeFile.Source.UPLOAD, actor="command:reconcile",
                    progress=lambda read: self._say(f"{path.name}: {read} rows"),
                )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        if taken.refused_because:
            where = f"line {taken.refused_line}, {taken.refused_column}".removesuffix(", ")
            raise CommandError(f"{path.name} is refused: {where}: {taken.refused_because}")
        return taken

    def _fetch(self, account: PartnerAccount, day: date) -> dict[str, str]:
        """What came of each kind of file."""
        found = fetch_day(account, day, lambda read: self._say(f"{read} rows"))
        return {f"{row.kind}_file": f"{row.state} {row.said}".strip() for row in found}

    def _say(self, words: str) -> None:
        self.stderr.write(words)
