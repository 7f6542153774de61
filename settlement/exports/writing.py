"""The two kinds of file: some rows go in at a time, none stays in memory,
and no text is calculated."""

import codecs
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter

from settlement.exports.tables import Column
from settlement.workbook_sheet import MOMENT, ManyRows, moments, numbers, plain, texts

SHEET_ROWS = 1_048_576  # of one sheet, says the format
_EXACT = 15  # characters; a number of a spreadsheet keeps so many digits


class CsvSink:
    """UTF-8 with the mark that tells spreadsheets so; its lines come from the database as they
    are, with an apostrophe before what looks like a formula (settlement.exports.sql)."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = path.open("wb")
        line = io.StringIO()
        csv.writer(line).writerow([column.title for column in columns])
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
    """Amounts are numbers with the decimals of their currency, moments are dates with a time, and
    everything else is text; what one sheet does not hold goes on in the next."""

    def __init__(
        self, path: Path, columns: Sequence[Column], *, sheet_rows: int = SHEET_ROWS
    ) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._columns, self._sheet_rows = columns, sheet_rows
        self._formats: dict[int, Any] = {}
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": MOMENT, "align": "left"})
        self._begin_sheet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        self._book.close()

    def write(self, rows: Sequence[Sequence[str | None]]) -> None:
        """Some rows, in the order of the columns."""
        while rows:
            if self._row == self._sheet_rows:
                self._begin_sheet()
            room = self._sheet_rows - self._row
            fitting, rows = rows[:room], rows[room:]
            columns = zip(self._columns, zip(*fitting, strict=True), strict=True)
            self._sheet.write_columns(self._row, [self._cells(*each) for each in columns])
            self._row += len(fitting)

    def _cells(self, column: Column, cells: Sequence[str | None]) -> list[str]:
        told = [cell or "" for cell in cells]
        if column.is_amount:
            return [self._amount(amount) for amount in told]
        if column.is_moment:
            return moments(told, self._moment)
        return self._sheet.shared(told) if column.repeats else texts(told)

    def _amount(self, amount: str) -> str:
        if len(amount) > _EXACT:
            return plain([amount])[0]
        return numbers([amount], self._form_of(amount))[0]

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet(worksheet_class=ManyRows)
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(self._columns):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, column.title, self._bold)
        self._row = 1

    def _form_of(self, amount: str) -> Any:
        """With as many decimals as it has: those of its currency."""
        digits = len(amount.partition(".")[2])
        if digits not in self._formats:
            pattern = "0." + "0" * digits if digits else "0"
            self._formats[digits] = self._book.add_format({"num_format": pattern})
        return self._formats[digits]


Sink = CsvSink | XlsxSink
