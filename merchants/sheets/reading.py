"""Reading a sheet: CSV or XLSX, within limits, every cell as text."""

import csv
import difflib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from python_calamine import CalamineError, CalamineWorkbook

from kernel.cells import from_text
from merchants.sheets.columns import COLUMNS

BYTES_LIMIT = 5 * 1024 * 1024
ROWS_LIMIT = 5000
FAULTS_LIMIT = 500  # of one sheet; whoever has so many looks for no more
_UNPACKED_LIMIT = 100 * 1024 * 1024  # an XLSX is a zip, and a small one can hold a lot
_CELL_LIMIT = 1000  # characters
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number that the spreadsheet shows; empty cells are left out."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, one row (no ``column``) or the whole sheet (``row`` 0)."""

    row: int
    column: str
    message: str


@dataclass(slots=True)
class SheetPlan:
    """What a sheet would do; with ``faults`` it does nothing."""

    faults: list[Fault] = field(default_factory=list)


class Known(Protocol):
    """A column that a sheet may have."""

    @property
    def name(self) -> str: ...
    @property
    def is_needed(self) -> bool: ...


class BadSheet(ValueError):
    """The sheet cannot be read; ``faults`` say why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


def read_sheet(
    content: bytes, columns: Sequence[Known] = COLUMNS, *, rows_limit: int = ROWS_LIMIT
) -> list[Row]:
    """The rows below the header that hold anything; raises BadSheet."""
    if len(content) > BYTES_LIMIT:
        raise BadSheet(Fault(0, "", f"The file is larger than {BYTES_LIMIT // 1024**2} MB."))
    lines = _workbook(content, rows_limit) if content.startswith(b"PK") else _csv(content)
    header = [_name(cell) for cell in next(lines, [])]
    _check_header(header, columns)
    rows = []
    for number, line in enumerate(lines, start=2):
        if cells := _cells(header, line, number):
            rows.append(Row(number, cells))
        if len(rows) > rows_limit:
            raise BadSheet(Fault(number, "", f"At most {rows_limit} rows; split the sheet."))
    if not rows:
        raise BadSheet(Fault(0, "", "There is nothing below the header."))
    return rows


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet(
            Fault(0, "", "The file is neither XLSX nor CSV in UTF-8; save it as one of them.")
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise BadSheet(Fault(0, "", f"The CSV cannot be read: {error}.")) from None


def _workbook(content: bytes, rows_limit: int) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _UNPACKED_LIMIT:
            raise BadSheet(Fault(0, "", "The workbook is too large when it is unpacked."))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        lines: Sequence[Sequence[object]] = book.get_sheet_by_index(0).to_python(
            skip_empty_area=False, nrows=rows_limit * 2
        )
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError):
        raise BadSheet(Fault(0, "", "The workbook cannot be read; save it anew.")) from None
    for line in lines:
        yield [_text(cell) for cell in line]


def _text(cell: object) -> str:
    """As the spreadsheet shows it: 5812, not 5812.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _name(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_")


def _check_header(header: list[str], columns: Sequence[Known]) -> None:
    known = [each.name for each in columns]
    faults = [Fault(1, name, _unknown(name, known)) for name in header if name not in {"", *known}]
    twice = {name for name in header if name and header.count(name) > 1}
    faults += [Fault(1, name, "This column is there twice.") for name in sorted(twice)]
    missing = [each.name for each in columns if each.is_needed and each.name not in header]
    faults += [Fault(1, name, "This column is missing.") for name in missing]
    if faults:
        raise BadSheet(*faults)


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return "No such column." + (f" Did you mean {near[0]}?" if near else "")


def _cells(header: list[str], line: list[str], number: int) -> dict[str, str]:
    if any(cell.strip() for cell in line[len(header) :]):
        raise BadSheet(Fault(number, "", "There are more cells than the header has columns."))
    cells = {name: from_text(cell) for name, cell in zip(header, line, strict=False) if name}
    for name, text in cells.items():
        if len(text) > _CELL_LIMIT:
            raise BadSheet(Fault(number, name, f"At most {_CELL_LIMIT} characters."))
    return {name: text for name, text in cells.items() if text}
