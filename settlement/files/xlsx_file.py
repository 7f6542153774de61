"""A statement as a workbook: a sheet of sums, and the lines as numbers that can be added up."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import xlsxwriter

from settlement.files.statement import AMOUNTS, COLUMNS, FOREIGN, Columns, Lines, Statement
from settlement.workbook_sheet import DAY, MOMENT, ManyRows, days, moments, numbers, plain, texts

LINES_LIMIT = 50_000  # lines; who has more reads the CSV
SUMS = (
    "opening", "sales", "cancels", "refunds", "adjustments", "promotions", "fees", "vat",
    "reserved", "released", "paid_out", "closing",
)  # fmt: skip
# Columns of texts that are each row's own; those of all other texts stand once in the workbook.
_OWN = {"payment", "refund", "merchant_reference", "refund_reference"}
_OWN |= {"scheme_transaction"}
_DAYS, _MOMENTS = {"business_date", "belongs_to"}, {"booked_at"}
# Characters that fit; what is not here has _WIDTH.
_WIDTH = 14
_WIDTHS = dict.fromkeys(["settlement", "payment", "refund", "store", "fee_version"], 31)
_WIDTHS |= {"booked_at": 25, "store_name": 24, "fee_plan": 24}
_WIDTHS |= dict.fromkeys(["merchant_reference", "refund_reference", "scheme_transaction"], 30)
IN_MEMORY = 5_000  # rows of a short book


class XlsxFile:
    """Rows leave memory at once. A text is stored as text: none is ever calculated."""

    kind, ending = "statement_xlsx", "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, path: Path, statement: Statement) -> None:
        self._statement, self._number = statement, 1
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(path, options)
        made = statement.batch.created_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"created": made, "title": statement.file_name})
        digits = statement.digits
        decimals = "." + "0" * digits if digits else ""
        self._money = self._book.add_format({"num_format": f"#,##0{decimals};-#,##0{decimals}"})
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": DAY, "align": "left"})
        self._moment = self._book.add_format({"num_format": MOMENT, "align": "left"})
        self._write_sums()
        self._sheet = self._book.add_worksheet("Lines", ManyRows)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        for column, name in enumerate(COLUMNS):
            self._sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
            self._sheet.write_string(0, column, name, self._bold)
        self._write(statement.rows_before())

    def add(self, lines: Lines, columns: Columns) -> None:
        """Write the lines."""
        self._write(columns)

    def close(self) -> None:
        """Write what follows the lines, and the workbook."""
        self._write(self._statement.rows_after())
        self._sheet.autofilter(0, 0, self._number - 1, len(COLUMNS) - 1)
        # The rows have been in a file until now; the dozen parts of a short book need none.
        self._book.in_memory = self._number <= IN_MEMORY
        self._book.close()

    def _write(self, columns: Columns) -> None:
        cells = [self._cells(*each) for each in zip(COLUMNS, columns, strict=True)]
        self._sheet.write_columns(self._number, cells)
        self._number += len(columns[0])

    def _cells(self, name: str, column: Sequence[str]) -> list[str]:
        if name in AMOUNTS:
            return numbers(column, self._money)
        if name in _DAYS:
            return days(column, self._day)
        if name in _MOMENTS:
            return moments(column, self._moment)
        if name not in _OWN:
            shared: list[str] = self._sheet.shared(column)
            return shared
        return texts(column) if name in FOREIGN else plain(column)

    def _write_sums(self) -> None:
        batch, sheet = self._statement.batch, self._book.add_worksheet("Summary")
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 48)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        said = {
            "merchant": self._statement.merchant_name,
            "acquirer": self._statement.acquirer_name,
            "settlement": batch.public_id,
            "period": f"{batch.first_day} to {batch.business_date} ({batch.zone})",
            "currency": batch.currency,
            "outcome": batch.outcome,
        }
        for number, (name, text) in enumerate(said.items()):
            sheet.write_string(number, 0, name, self._bold)
            sheet.write_string(number, 1, text)
        for number, name in enumerate(SUMS, start=len(said) + 1):
            sheet.write_string(number, 0, name, self._bold)
            amount = self._major(getattr(batch, f"{name}_minor"))
            sheet.write_number(number, 1, amount, self._money)

    def _major(self, minor: int) -> float:
        unit: int = 10**self._statement.digits
        return minor / unit  # the nearest number there is
