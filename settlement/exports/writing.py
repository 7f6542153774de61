"""The two kinds of file: some rows go in at a time, none stays in memory,
and no text is calculated."""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from psycopg import Copy

from settlement.exports.columns import Column
from settlement.exports.sink import Sink
from settlement.workbook_sheet import MOMENT, ManyRows, moments, numbers, plain, texts

SHEET_ROWS = 1_048_576  # of one sheet, says the format
_EXACT = 15  # characters; a number of a spreadsheet keeps so many digits

Bytes = bytes | bytearray | memoryview
Cells = Sequence[str | None]  # of a row


class CsvSink(Sink[Bytes]):
    """UTF-8 with the mark that tells spreadsheets so; its lines come from the database as they
    are, with an apostrophe before what looks like a formula (settlement.sql)."""

    COPY_AS, AT_ONCE = "WITH (FORMAT csv)", 2000

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file, self._digest = path.open("wb"), hashlib.sha256()
        line = io.StringIO()
        csv.writer(line).writerow([column.title for column in columns])
        self._put(codecs.BOM_UTF8 + line.getvalue().encode())

    def cell_of(self, column: Column) -> str:
        return column.csv

    def rows_of(self, copy: Copy) -> Iterator[Bytes]:
        return iter(copy)

    def id_of(self, row: Bytes) -> str:
        return bytes(row).partition(b",")[0].decode()

    def write(self, rows: Sequence[Bytes]) -> None:
        """They end as RFC 4180 says."""
        self._put(b"".join(rows).replace(b"\n", b"\r\n"))

    def _put(self, some: bytes) -> None:
        """The digest is made while the database works on, not afterwards."""
        self._file.write(some)
        self._digest.update(some)

    def close(self) -> None:
        self._file.close()

    def sha256(self) -> str:
        return self._digest.hexdigest()


class XlsxSink(Sink[Cells]):
    """Amounts are numbers with the decimals of their currency, moments are dates with a time, and
    everything else is text; what one sheet does not hold goes on in the next."""

    COPY_AS, AT_ONCE = "", 200

    def __init__(
        self, path: Path, columns: Sequence[Column], *, sheet_rows: int = SHEET_ROWS
    ) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._path = path
        self._book = xlsxwriter.Workbook(str(path), options)
        self._columns, self._sheet_rows = columns, sheet_rows
        self._formats: dict[int, Any] = {}
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": MOMENT, "align": "left"})
        self._begin_sheet()

    def cell_of(self, column: Column) -> str:
        return column.sql

    def rows_of(self, copy: Copy) -> Iterator[Cells]:
        return copy.rows()

    def id_of(self, row: Cells) -> str | None:
        return row[0]

    def write(self, rows: Sequence[Cells]) -> None:
        while rows:
            if self._row == self._sheet_rows:
                self._begin_sheet()
            room = self._sheet_rows - self._row
            fitting, rows = rows[:room], rows[room:]
            columns = zip(self._columns, zip(*fitting, strict=True), strict=True)
            self._sheet.write_columns(self._row, [self._cells(*each) for each in columns])
            self._row += len(fitting)

    def close(self) -> None:
        self._book.close()

    def sha256(self) -> str:
        with self._path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

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
