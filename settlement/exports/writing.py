"""The two kinds of file: rows go in one by one, none stays in memory, and no text is calculated."""

import codecs
import csv
import io
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter

from settlement.exports.tables import Cell
from settlement.workbook_sheet import ManyRows, Number

SHEET_ROWS = 1_048_576  # of one sheet, says the format
_EXACT = 15  # digits that a number of a spreadsheet keeps


class CsvSink:
    """UTF-8 with the mark that tells spreadsheets so; its lines come from the database as they
    are, with an apostrophe before what looks like a formula (settlement.exports.sql)."""

    def __init__(self, path: Path, titles: list[str]) -> None:
        self._file = path.open("wb")
        line = io.StringIO()
        csv.writer(line).writerow(titles)
        self._file.write(codecs.BOM_UTF8 + line.getvalue().encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()

    def write_lines(self, lines: bytes) -> None:
        """Whole lines of a COPY as CSV; they end as RFC 4180 says."""
        self._file.write(lines.replace(b"\n", b"\r\n"))


class XlsxSink:
    """Amounts are numbers with the decimals of their currency, everything else is text; what one
    sheet does not hold goes on in the next."""

    def __init__(self, path: Path, titles: list[str], *, sheet_rows: int = SHEET_ROWS) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._titles, self._sheet_rows = titles, sheet_rows
        self._formats: dict[int, Any] = {}
        self._begin_sheet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        self._book.close()

    def write(self, cells: list[Cell | None]) -> None:
        if self._row == self._sheet_rows:
            self._begin_sheet()
        self._sheet.write_cells(self._row, [self._shown(cell) for cell in cells])
        self._row += 1

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet(worksheet_class=ManyRows)
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(self._titles):
            self._sheet.write_string(0, column, title)
        self._row = 1

    def _shown(self, cell: Cell | None) -> str | Number | None:
        if isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= _EXACT:
            return Number(float(cell), self._format(cell))
        return None if cell is None else str(cell)

    def _format(self, cell: Decimal) -> Any:
        digits = -int(cell.as_tuple().exponent)
        if digits not in self._formats:
            pattern = "0." + "0" * digits if digits else "0"
            self._formats[digits] = self._book.add_format({"num_format": pattern})
        return self._formats[digits]


Sink = CsvSink | XlsxSink
