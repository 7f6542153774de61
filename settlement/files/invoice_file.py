"""The fee invoice of a batch as PDF: who charges whom for what, at which rate of VAT.

A batch whose fees come to money back makes a credit note of the same series. What is charged is
withheld from the payout: nothing is left to pay. VAT is rounded line by line (docs/howto/fees.md).
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from settlement.files.fonts import fit
from settlement.files.sheet import ACCENT, BOTTOM, GREY, INK, LEFT, RIGHT, Color, Sheet
from settlement.files.statement import Columns, Lines, Statement
from settlement.models import FeeInvoice
from settlement.models.fee_invoice import Party

_COLUMNS = (
    ("What", LEFT), ("Lines", LEFT + 190), ("Amount", LEFT + 276), ("Net fee", LEFT + 350),
    ("VAT %", LEFT + 394), ("VAT", LEFT + 440), ("Total", RIGHT),
)  # fmt: skip


@dataclass
class _Sum:
    """Of the lines alike; minor units, above zero for what the merchant pays."""

    lines: int = 0
    base: int = 0
    net: int = 0
    vat: int = 0


class InvoiceFile(Sheet):
    """Lines are added up by plan, version, rate and kind; written when the last has come."""

    kind, ending, content_type = "fee_invoice", "pdf", "application/pdf"

    def __init__(self, path: Path, statement: Statement) -> None:
        assert statement.invoice is not None  # noqa: S101 - asked for where there is one
        self._invoice: FeeInvoice = statement.invoice
        name = self._invoice.file_name
        super().__init__(path, statement, name=name, title=f"Fee invoice {self._invoice.label}")
        self._sums: defaultdict[tuple[str, str, str, str], _Sum] = defaultdict(_Sum)

    def add(self, lines: Lines, columns: Columns) -> None:
        """Count the lines that were charged at all."""
        named = zip(lines.fee_plan, lines.vat_rate, lines.vat_note, lines.kind, strict=True)
        charged = zip(lines.fee_version_id, named, lines.gross, lines.fee, lines.vat, strict=True)
        for version_id, name, gross, fee, vat in charged:
            if version_id is None:
                continue
            found = self._sums[name]
            found.lines += 1
            found.base += gross
            found.net -= fee
            found.vat -= vat

    def close(self) -> None:
        """Write it all."""
        self._write_head()
        self._write_row([name for name, _x in _COLUMNS], color=GREY)
        self._rule()
        for (plan, rate, _note, kind), each in sorted(self._sums.items()):
            self._write_row(
                [
                    f"{plan}: {kind}", str(each.lines), self._show(each.base), self._show(each.net),
                    rate or "-", self._show(each.vat), self._show(each.net + each.vat),
                ]
            )  # fmt: skip
        self._rule()
        self._write_rates()
        self._write_total()
        self._save()

    def _write_head(self) -> None:
        invoice, batch = self._invoice, self._statement.batch
        mode = "" if batch.livemode else "TEST MONEY - no money moves"
        self._text(RIGHT, mode, size=9, color=ACCENT, bold=True, to_right=True)
        self._y -= 22
        is_credit = batch.fees_minor + batch.vat_minor > 0
        title = "Credit note for fees  費用貸項通知單" if is_credit else "Fee invoice  費用發票"
        self._text(LEFT, title, size=20, bold=True)
        self._y -= 22
        days = f"{batch.first_day} to {batch.business_date}, {batch.zone}"
        said = f"No. {invoice.label}  ·  of {batch.business_date}  ·  {days}  ·  {batch.currency}"
        self._text(LEFT, said, size=9, color=GREY)
        self._y -= 26
        top = self._y
        self._write_party("From  開票方", Party(**invoice.seller), LEFT)
        bottom, self._y = self._y, top
        self._write_party("To  收票方", Party(**invoice.buyer), LEFT + 260)
        self._y = min(bottom, self._y) - 20

    def _write_party(self, title: str, party: Party, x: float) -> None:
        self._text(x, title, size=8, color=GREY)
        self._y -= 14
        for number, text in enumerate(party.lines()):
            self._text(x, fit(text, 240, 10), size=10, bold=number == 0)
            self._y -= 13

    def _write_row(self, cells: list[str], color: Color = INK) -> None:
        if self._y < BOTTOM:
            self._canvas.showPage()
            self._begin_page()
        for (name, x), cell in zip(_COLUMNS, cells, strict=True):
            if name == "What":
                self._text(x, fit(cell, 150, 8), size=8, color=color)
            else:
                self._text(x, cell, size=8, to_right=True, color=color)
        self._y -= 13

    def _write_rates(self) -> None:
        """The document's totals of each rate of VAT, with what the law wants to read."""
        rates: defaultdict[tuple[str, str], _Sum] = defaultdict(_Sum)
        for (_plan, rate, note, _kind), each in self._sums.items():
            rates[rate, note].net += each.net
            rates[rate, note].vat += each.vat
        for (rate, note), each in sorted(rates.items()):
            named = f"VAT {rate} %" if rate else "no VAT"
            said = f"{named}{f' ({note})' if note else ''}: of {self._show(each.net)}"
            self._text(LEFT, fit(said, 380, 9), size=9)
            self._text(RIGHT, self._show(each.vat), size=9, to_right=True)
            self._y -= 14
        self._rule()

    def _write_total(self) -> None:
        batch = self._statement.batch
        total = -(batch.fees_minor + batch.vat_minor)
        for words, minor, size in (
            ("Total  合計", total, 13),
            (f"Withheld from settlement {batch.public_id}", -total, 9),
            ("Left to pay  應付餘額", 0, 11),
        ):
            self._text(LEFT, words, size=size, bold=size > 10)
            amount = f"{batch.currency} {self._show(minor)}"
            self._text(RIGHT, amount, size=size, bold=size > 10, to_right=True)
            self._y -= size + 8
