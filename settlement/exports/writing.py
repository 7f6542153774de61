"""The two kinds of file: rows go in one by one, none stays in memory, and no text is calculated."""

import csv
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter

from kernel.cells import as_text
from settlement.exports.tables import Cell

SHEET_ROWS = 1_048_576  # of one sheet, says the format
_EXACT = 15  # digits that a number of a spreadsheet keeps


class CsvSink:
    """UTF-8 with the mark that tells spreadsheets so; an apostrophe before what looks like a
    formula."""

    def __init__(self, path: Path, titles: list[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(titles)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, cells: list[Cell | None]) -> None:
        """One row; an amount is written as a number."""
        self._writer.writerow([_as_csv(cell) for cell in cells])


def _as_csv(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else as_text(cell)


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
        for column, cell in enumerate(cells):
            if cell is not None:
                self._put(column, cell)
        self._row += 1

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(self._titles):
            self._sheet.write_string(0, column, title)
        self._row = 1

    def _put(self, column: int, cell: Cell) -> None:
        if isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= _EXACT:
            self._sheet.write_number(self._row, column, float(cell), self._format(cell))
        else:
            self._sheet.write_string(self._row, column, str(cell))

    def _format(self, cell: Decimal) -> Any:
        digits = -int(cell.as_tuple().exponent)
        if digits not in self._formats:
            pattern = "0." + "0" * digits if digits else "0"
            self._formats[digits] = self._book.add_format({"num_format": pattern})
        return self._formats[digits]


Sink = CsvSink | XlsxSink
