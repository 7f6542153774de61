"""A statement as CSV: UTF-8 with a byte order mark, commas, CRLF (RFC 4180)."""

import csv
import io
from pathlib import Path

from kernel.cells import all_as_text
from settlement.files.statement import COLUMNS, FOREIGN, Columns, Lines, Statement

_FOREIGN = [name in FOREIGN for name in COLUMNS]


class CsvFile:
    """Some rows at a time; the mark tells spreadsheets that it is UTF-8."""

    kind, ending, content_type = "statement_csv", "csv", "text/csv; charset=utf-8"

    def __init__(self, path: Path, statement: Statement) -> None:
        self._statement = statement
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._write([[name] for name in COLUMNS])
        self._write(statement.rows_before())

    def add(self, lines: Lines, columns: Columns) -> None:
        """Write the lines."""
        self._write(columns)

    def close(self) -> None:
        """Write what follows the lines."""
        self._write(self._statement.rows_after())
        self._file.close()

    def _write(self, columns: Columns) -> None:
        safe = [
            all_as_text(column) if is_foreign else column
            for column, is_foreign in zip(columns, _FOREIGN, strict=True)
        ]
        text = io.StringIO(newline="")  # in one piece: the file encodes each that it is given
        csv.writer(text).writerows(zip(*safe, strict=True))
        self._file.write(text.getvalue())
