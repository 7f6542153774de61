"""A statement as a workbook: a sheet of sums, and the lines as numbers that can be added up."""

from datetime import UTC
from pathlib import Path

import xlsxwriter

from settlement.files.statement import AMOUNTS, COLUMNS, LineRow, Row, Statement
from settlement.workbook_sheet import ManyRows, Number

LINES_LIMIT = 50_000  # lines; who has more reads the CSV
SUMS = (
    "opening", "sales", "cancels", "refunds", "adjustments", "promotions", "fees", "vat",
    "reserved", "released", "paid_out", "closing",
)  # fmt: skip
# Columns whose texts many rows share, of all that are texts.
_UNLIKE = {"booked_at", "payment", "refund", "merchant_reference", "refund_reference"}
_UNLIKE |= {"scheme_transaction"}
_REPEATED = [at for at, name in enumerate(COLUMNS) if name not in _UNLIKE | AMOUNTS]


class XlsxFile:
    """Rows leave memory at once. A text is stored as text: none is ever calculated."""

    kind, ending = "statement_xlsx", "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, path: Path, statement: Statement) -> None:
        self._statement, self._number = statement, 0
        self._unit: int = 10**statement.digits
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(path, options)
        made = statement.batch.created_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"created": made, "title": statement.file_name})
        digits = statement.digits
        decimals = "." + "0" * digits if digits else ""
        self._money = self._book.add_format({"num_format": f"#,##0{decimals};-#,##0{decimals}"})
        self._bold = self._book.add_format({"bold": True})
        self._write_sums()
        self._sheet = self._book.add_worksheet("Lines", ManyRows)
        self._sheet.share(_REPEATED)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(COLUMNS) - 1, 16)
        for column, name in enumerate(COLUMNS):
            self._sheet.write_string(0, column, name, self._bold)
        for row in statement.rows_before():
            self._write(row)

    def add(self, line: LineRow, row: Row) -> None:
        """Write the line."""
        self._write(row)

    def close(self) -> None:
        """Write what follows the lines, and the workbook."""
        for row in self._statement.rows_after():
            self._write(row)
        self._sheet.autofilter(0, 0, self._number, len(COLUMNS) - 1)
        self._book.close()

    def _write(self, row: Row) -> None:
        self._number += 1
        unit, form = self._unit, self._money
        self._sheet.write_cells(
            self._number,
            [
                (cell or None) if isinstance(cell, str) else Number(cell / unit, form)
                for cell in row
            ],
        )

    def _write_sums(self) -> None:
        batch, sheet = self._statement.batch, self._book.add_worksheet("Summary")
        sheet.set_column(0, 1, 32)
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
        return minor / self._unit  # the nearest number there is
