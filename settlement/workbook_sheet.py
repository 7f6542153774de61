"""A sheet of many rows: each goes to the file in one piece.

XlsxWriter looks at each cell a dozen times, which is where the time of a long workbook went. What
stands here is what XlsxWriter would write with ``constant_memory``, byte for byte: a test compares.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_NAMES = [xl_col_to_name(column) for column in range(1000)]  # columns; no list of ours has so many
_XML = Worksheet()  # for its rules of escaping
_LONG = 16_000  # characters, from which XlsxWriter looks whether a cell can hold them
# What does not stand for itself in XML, or not in a cell of Excel, or would lose its blanks.
_UNUSUAL = re.compile(
    r"[\x00-\x1f&<>\ufffe\uffff]|_x[0-9a-fA-F]{4}_|\A\s|\s\Z"  # as xlsxwriter.xmlwriter has it
)


class Number(NamedTuple):
    """A number with its format, which the workbook made."""

    value: float
    form: Any


class _Shared(dict[str, str]):
    """What follows the place of a cell whose text stands once in the workbook."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __missing__(self, text: str) -> str:
        self[text] = f'" t="s"><v>{self._table._get_shared_string_index(text)}</v></c>'
        return self[text]


class ManyRows(Worksheet):  # type: ignore[misc]
    """Added by ``add_worksheet(worksheet_class=ManyRows)`` to a book with ``constant_memory``."""

    _shared: Mapping[int, _Shared] = {}

    def share(self, columns: Iterable[int]) -> None:
        """Keep the texts of these columns once in the workbook: for such as many rows repeat."""
        shared = _Shared(self.str_table)
        self._shared = dict.fromkeys(columns, shared)

    def write_cells(self, row: int, cells: Sequence[str | Number | None]) -> None:
        """The whole of ``row``, from its first column on; rows come in order. None is no cell.

        A text stays text, whatever it looks like: ``<r>`` too, which XlsxWriter takes for markup.
        """
        number, shared = str(row + 1), self._shared
        told = "".join(
            [
                f'<c r="{_NAMES[column]}{number}'
                f"{shared[column][cell] if column in shared else _text(cell)}"
                if isinstance(cell, str)
                else f'<c r="{_NAMES[column]}{number}{_number(cell)}'
                for column, cell in enumerate(cells)
                if cell is not None
            ]
        )
        if len(told) > _LONG and any(isinstance(cell, str) and len(cell) > _LONG for cell in cells):
            self._write_one_by_one(row, cells)
        elif told:
            self._write_single_row(row)  # what was begun before
            filled = [column for column, cell in enumerate(cells) if cell is not None]
            for column in (filled[0], filled[-1]):
                self._check_dimensions(row, column)  # what the sheet says of its size
            self.fh.write(f'<row r="{number}">{told}</row>')

    def _write_one_by_one(self, row: int, cells: Sequence[str | Number | None]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.write_string(row, column, cell)
            elif cell is not None:
                self.write_number(row, column, *cell)


@lru_cache(4096)  # many rows say the same: a store, a plan, a currency
def _text(cell: str) -> str:
    """What follows the place of a cell."""
    keeps, text = "", cell
    if _UNUSUAL.search(cell):
        text = _XML._escape_control_characters(cell)
        keeps = ' xml:space="preserve"' if text != text.strip() else ""
        text = _XML._escape_data(text)
    return f'" t="inlineStr"><is><t{keeps}>{text}</t></is></c>'


def _number(cell: Number) -> str:
    value, form = cell
    index = form.xf_index
    return f'" s="{form._get_xf_index() if index is None else index}"><v>{value:.16G}</v></c>'
