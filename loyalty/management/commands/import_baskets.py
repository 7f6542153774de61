"""manage.py import_baskets: a retail data set, or a till's export, as baskets of a merchant."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError

from kernel import clock
from kernel.currencies import MINOR_DIGITS
from loyalty.basket_file import BadFile, BadRow, Layout, OldLine, read_lines
from loyalty.services.import_baskets import import_baskets
from merchants.management.references import read_merchant
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.scope import tenant_scope

_SHOWN = 20
_TOLD_EVERY = 250_000  # lines
_COLUMNS = {
    "basket": "InvoiceNo", "sku": "StockCode", "name": "Description", "category": "",
    "quantity": "Quantity", "price": "UnitPrice", "total": "", "time": "InvoiceDate",
}  # fmt: skip

_HELP = {
    "quantity": "What is weighed, such as 1.35, becomes one piece. ",
    "total": "What the whole line came to; the price is then not looked at. ",
}


@dataclass
class _Bad:
    """Rows with faults: how many, and the first of them."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, found: BadRow) -> None:
        self.count += 1
        if self.count <= _SHOWN:
            column = f", {found.column}" if found.column else ""
            self.shown.append(f"  row {found.row}{column}: {found.message}")


class Command(OperatorCommand):
    help = (
        "Bring baskets of the past into a merchant, to learn rules from: CSV with a row for each "
        "line (--layout lines, columns as in UCI Online Retail unless you name others) or for each "
        "basket (--layout baskets). No payment is made. The same file again adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--merchant", required=True, metavar="ID", help="mer_…, or Alipay's id")
        add_acquirer_option(parser, required=False, note=" Needed with Alipay's id.")
        parser.add_argument("file", type=Path)
        parser.add_argument("--live", action="store_true", help="Into live mode; else test.")
        parser.add_argument("--name", default="", help="Of the file, for good; else its own.")
        parser.add_argument("--layout", choices=["lines", "baskets"], default="lines")
        for column, usual in _COLUMNS.items():
            shown = usual or "none"
            parser.add_argument(
                f"--{column}-column", default=usual, help=f"{_HELP.get(column, '')}Usually {shown}."
            )
        parser.add_argument("--time-format", default="", help="As strptime has it; else ISO 8601.")
        parser.add_argument("--time-zone", default="", help="Else the acquirer's.")
        parser.add_argument("--date", default="", help="Of baskets without a time; else today.")
        parser.add_argument("--currency", default="HKD")
        parser.add_argument("--delimiter", default=",")
        parser.add_argument("--encoding", default="utf-8-sig")
        parser.add_argument("--skip-bad", action="store_true", help="Pass over rows with a fault.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        merchant = read_merchant(options["merchant"], options["acquirer"])
        layout = _layout(options, merchant.acquirer.time_zone)
        bad = _Bad()
        good = _good(options["file"], layout, bad, may_skip=options["skip_bad"])
        lines = _telling(good, self.stderr.write)
        name = (options["name"] or options["file"].name)[-64:]
        try:
            with tenant_scope(merchant.acquirer_id):
                done = import_baskets(
                    merchant, lines, livemode=options["live"], file=name, currency=layout.currency
                )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        except BadFile as error:
            raise CommandError(f"{error} Nothing was taken.") from None
        if bad.count:
            self.stderr.write("\n".join([f"{bad.count} rows were passed over:", *bad.shown]))
        return {
            "object": "basket_import",
            "file": name,
            "baskets": done.baskets,
            "lines": done.lines,
            "known_baskets": done.known_baskets,
            "returned_lines": done.returned_lines,
            "bad_rows": bad.count,
        }


def _layout(options: dict[str, Any], zone: str) -> Layout:
    if options["currency"] not in MINOR_DIGITS:
        raise CommandError("--currency: write an ISO 4217 code in capitals, such as HKD.")
    try:
        at = datetime.fromisoformat(options["date"]) if options["date"] else clock.now()
        place = ZoneInfo(options["time_zone"] or zone)
    except (ValueError, KeyError):
        raise CommandError("--date or --time-zone: write 2026-11-01, Asia/Hong_Kong.") from None
    named = {column: options[f"{column}_column"] for column in _COLUMNS}
    if named["total"]:
        named["price"] = ""
    delimiter = "\t" if options["delimiter"] in ("\\t", "tab") else options["delimiter"]
    if len(delimiter) != 1:
        raise CommandError("--delimiter: write one character, or tab.")
    return Layout(
        kind=options["layout"],
        currency=options["currency"],
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        zone=place,
        time_format=options["time_format"],
        delimiter=delimiter,
        encoding=options["encoding"],
        **named,
    )


def _good(path: Path, layout: Layout, bad: _Bad, *, may_skip: bool) -> Iterator[OldLine]:
    """The lines that can be read; raises BadFile naming the rows that cannot, unless told not."""
    for found in read_lines(path, layout):
        if isinstance(found, OldLine):
            yield found
            continue
        bad.add(found)
        if not may_skip and bad.count >= _SHOWN:
            break
    if bad.count and not may_skip:
        first = "Rows with faults (--skip-bad passes over them):"
        raise BadFile("\n".join([first, *bad.shown, ""]))


def _telling(lines: Iterator[OldLine], tell: Callable[[str], object]) -> Iterator[OldLine]:
    """The same lines, and now and then how far it is."""
    count = 0
    for count, line in enumerate(lines, start=1):
        yield line
        if count % _TOLD_EVERY == 0:
            tell(f"{count:,} lines read")
    if count >= _TOLD_EVERY:
        tell(f"{count:,} lines read; writing them, which takes as long again")
