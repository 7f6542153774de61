"""A sheet of many rows: each goes to the file in one piece.

XlsxWriter looks at each cell a dozen times, which is where the time of a long workbook went. What
stands here is what XlsxWriter would write with ``constant_memory``, byte for byte: a test compares.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_LONG = 16_000  # characters, from which XlsxWriter looks whether a cell can hold them
# What does not stand for itself in XML, or not in a cell of Excel, or would lose its blanks.
_UNUSUAL = re.compile(
    r"[\x00-\x1f&<>\ufffe\uffff]|_x[0-9a-fA-F]{4}_|\A\s|\s\Z"  # as xlsxwriter.xmlwriter has it
)


class Number(NamedTuple):
    """A number with its format, which the workbook made."""

    value: float
    form: Any


class ManyRows(Worksheet):  # type: ignore[misc]
    """Added by ``add_worksheet(worksheet_class=ManyRows)`` to a book with ``constant_memory``."""

    def write_cells(self, row: int, cells: Sequence[str | Number | None]) -> None:
        """The whole of ``row``, from its first column on; rows come in order. None is no cell.

        A text stays text, whatever it looks like: ``<r>`` too, which XlsxWriter takes for markup.
        """
        if any(type(cell) is str and len(cell) > _LONG for cell in cells):
            self._write_one_by_one(row, cells)
            return
        filled = [column for column, cell in enumerate(cells) if cell is not None]
        if not filled:
            return
        self._write_single_row(row)  # what was begun before
        for column in (filled[0], filled[-1]):
            self._check_dimensions(row, column)  # what the sheet says of its size
        number = row + 1
        told = [
            self._told(f"{name}{number}", cell)
            for name, cell in zip(_names(len(cells)), cells, strict=True)
            if cell is not None
        ]
        self.fh.write(f'<row r="{number}">{"".join(told)}</row>')

    def _told(self, place: str, cell: str | Number) -> str:
        if isinstance(cell, str):
            keeps, text = "", cell
            if _UNUSUAL.search(cell):
                text = self._escape_control_characters(cell)
                keeps = ' xml:space="preserve"' if text != text.strip() else ""
                text = self._escape_data(text)
            return f'<c r="{place}" t="inlineStr"><is><t{keeps}>{text}</t></is></c>'
        return f'<c r="{place}" s="{cell.form._get_xf_index()}"><v>{cell.value:.16G}</v></c>'

    def _write_one_by_one(self, row: int, cells: Sequence[str | Number | None]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.write_string(row, column, cell)
            elif cell is not None:
                self.write_number(row, column, *cell)


@cache
def _names(count: int) -> list[str]:
    """``A``, ``B``, … of so many columns."""
    return [xl_col_to_name(column) for column in range(count)]
