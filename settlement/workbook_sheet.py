"""A sheet of many rows: some hundred go to the file in one piece, column by column.

XlsxWriter looks at each cell a dozen times, which is where the time of a long workbook went. What
stands here is what XlsxWriter would write with ``constant_memory``, byte for byte: a test compares.
A column's cells are what follows their places in the sheet; an empty one is no cell.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any
from zipfile import ZipFile

import xlsxwriter.workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from settlement.compression import LEVEL


class _QuickZip(ZipFile):
    """What XlsxWriter, which has no setting for it, writes its parts into."""

    def writestr(self, name: Any, part: Any) -> None:  # type: ignore[override]
        """A part that is in memory; what is named by a ZipInfo would be of its level."""
        super().writestr(name, part, compresslevel=LEVEL)


xlsxwriter.workbook.ZipFile = partial(_QuickZip, compresslevel=LEVEL)

_NAMES = [xl_col_to_name(column) for column in range(1000)]  # columns; no list of ours has so many
_XML = Worksheet()  # for its rules of escaping
_FIRST_DAY = date(1899, 12, 30).toordinal()  # day 0 of a workbook
DAY, MOMENT = "yyyy-mm-dd", 'yyyy-mm-dd"T"hh:mm:ss.000"Z"'  # formats; as the texts are elsewhere
_LONGEST = 32_767  # characters of a cell, says the format
# What does not stand for itself in XML, or not in a cell of Excel, or would lose its blanks.
_UNUSUAL = re.compile(
    r"[\x00-\x1f&<>\ufffe\uffff]|_x[0-9a-fA-F]{4}_|\A\s|\s\Z"  # as xlsxwriter.xmlwriter has it
)


def plain(column: Sequence[str]) -> list[str]:
    """Texts that stand for themselves: ids, dates, words of ours."""
    return [f'" t="inlineStr"><is><t>{text}</t></is></c>' if text else "" for text in column]


def texts(column: Sequence[str]) -> list[str]:
    """Any texts. Each stays text, whatever it looks like: ``<r>`` too, which XlsxWriter takes for
    markup; and ends where a cell is full."""
    if "".join(column).replace("-", "").isalnum() and max(map(len, column)) <= _LONGEST:
        return plain(column)
    return [
        f'" t="inlineStr"><is><t{_escaped(text)}</t></is></c>' if text else "" for text in column
    ]


def numbers(column: Sequence[str], form: Any) -> list[str]:
    """Decimals with a format that the workbook made."""
    index = form._get_xf_index()
    return [f'" s="{index}"><v>{number}</v></c>' if number else "" for number in column]


def days(column: Sequence[str], form: Any) -> list[str]:
    """Days such as ``2026-11-18``, with a format of a date."""
    index = form._get_xf_index()
    cells = {day: f'" s="{index}"><v>{_serial(day)}</v></c>' if day else "" for day in set(column)}
    return [cells[day] for day in column]


def moments(column: Sequence[str], form: Any) -> list[str]:
    """Moments as ``kernel.clock.show_time`` says them, with a format of a date and a time: a day's
    number and the part of it that has gone by."""
    index = form._get_xf_index()
    minutes = {text: _minute(text) for text in {moment[:16] for moment in column if moment}}
    return [
        f'" s="{index}"><v>{minutes[moment[:16]] + float(moment[17:-1]) / 86_400:.12f}</v></c>'
        if moment
        else ""
        for moment in column
    ]


def _serial(day: str) -> int:
    return date.fromisoformat(day).toordinal() - _FIRST_DAY


def _minute(text: str) -> float:
    """When the minute of ``2026-11-18T04:30`` begins."""
    return _serial(text[:10]) + (int(text[11:13]) * 60 + int(text[14:16])) / 1_440


class _Shared(dict[str, str]):
    """What follows the place of a cell whose text stands once in the workbook."""

    def __init__(self, table: Any) -> None:
        super().__init__({"": ""})
        self._table = table

    def __missing__(self, text: str) -> str:
        index = self._table._get_shared_string_index(text[:_LONGEST])
        self[text] = f'" t="s"><v>{index}</v></c>'
        return self[text]


class ManyRows(Worksheet):  # type: ignore[misc]
    """Added by ``add_worksheet(worksheet_class=ManyRows)`` to a book with ``constant_memory``."""

    _found: _Shared | None = None

    def shared(self, column: Iterable[str]) -> list[str]:
        """Texts that many rows repeat: each is kept once in the workbook."""
        if self._found is None:
            self._found = _Shared(self.str_table)
        return list(map(self._found.__getitem__, column))

    def write_columns(self, row: int, columns: Sequence[Sequence[str]]) -> None:
        """The whole of some rows, from ``row`` and their first column on; rows come in order."""
        numbered = [str(number) for number in range(row + 1, row + 1 + len(columns[0]))]
        pattern, parts = ['<row r="%s">'], [numbered]
        for name, cells in zip(_NAMES, columns, strict=False):
            if "" in cells:
                placed = [
                    f'<c r="{name}{at}{cell}' if cell else ""
                    for at, cell in zip(numbered, cells, strict=True)
                ]
                pattern.append("%s")
                parts.append(placed)
            else:
                pattern.append(f'<c r="{name}%s%s')
                parts += numbered, list(cells)
        self._write_single_row(row)  # what was begun before
        for number in (row, row + len(numbered) - 1):
            self._check_dimensions(number, 0)  # what the sheet says of its size
            self._check_dimensions(number, len(columns) - 1)
        told = "".join(pattern) + "</row>"
        self.fh.write("".join(map(told.__mod__, zip(*parts, strict=True))))


def _escaped(text: str) -> str:
    """What follows ``<t`` for a text of any characters."""
    text, keeps = text[:_LONGEST], ""
    if _UNUSUAL.search(text):
        text = _XML._escape_control_characters(text)
        keeps = ' xml:space="preserve"' if text != text.strip() else ""
        text = _XML._escape_data(text)
    return f"{keeps}>{text}"
