"""A statement as CSV: UTF-8 with a byte order mark, commas, CRLF (RFC 4180)."""

import csv
from pathlib import Path

from kernel.cells import as_text
from settlement.files.statement import COLUMNS, LineRow, Row, Statement, show_amount


class CsvFile:
    """Row by row; the mark tells spreadsheets that it is UTF-8."""

    kind, ending, content_type = "statement_csv", "csv", "text/csv; charset=utf-8"

    def __init__(self, path: Path, statement: Statement) -> None:
        self._statement, self._digits = statement, statement.digits
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)
        for row in statement.rows_before():
            self._write(row)

    def add(self, line: LineRow, row: Row) -> None:
        """Write the line."""
        self._write(row)

    def close(self) -> None:
        """Write what follows the lines."""
        for row in self._statement.rows_after():
            self._write(row)
        self._file.close()

    def _write(self, row: Row) -> None:
        digits = self._digits
        self._rows.writerow(
            [as_text(cell) if isinstance(cell, str) else show_amount(cell, digits) for cell in row]
        )
