"""Rows that are written in one piece are those that the library would have written."""

import re
import zipfile
import zlib
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from settlement.workbook_sheet import DAY, MOMENT, ManyRows, days, moments, numbers, plain, texts

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["", "=1+1", " a", "a\n", "\0", "_x0041_", "\ufffe", '"<&>', "茶屋", "R-12", "x" * 40_000]
)
AMOUNTS = st.none() | st.integers(-(10**15), 10**15).map(lambda minor: minor / 100)
ROWS = st.lists(st.tuples(st.just("2026-11-18"), TEXTS, AMOUNTS, TEXTS), min_size=1)


def workbook(rows: list[Any], *, by_piece: bool) -> str:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    money = book.add_format({"num_format": "0.00"})
    sheet = book.add_worksheet("Lines", ManyRows if by_piece else None)
    sheet.write_string(0, 0, "title")
    if by_piece:
        days, left, amounts, right = zip(*rows, strict=True)
        shown = ["" if amount is None else f"{amount:.16G}" for amount in amounts]
        cells = [plain(days), texts(left), numbers(shown, money), texts(right)]
        sheet.write_columns(1, cells)
    else:
        write_cell_by_cell(sheet, rows, money)
    sheet.autofilter(0, 0, len(rows), 3)
    book.close()
    with zipfile.ZipFile(content) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode()


def write_cell_by_cell(sheet: Any, rows: list[Any], money: Any) -> None:
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, float):
                sheet.write_number(number, column, cell, money)
            elif cell:
                sheet.write_string(number, column, cell)


@settings(deadline=None, max_examples=40)
@given(ROWS)
def test_a_sheet_of_any_cells_is_the_one_that_the_library_writes(rows: list[Any]) -> None:
    ours, theirs = (workbook(rows, by_piece=each) for each in (True, False))
    # The library's size ends with the last cell that is filled; ours with the last column.
    size = re.compile('<dimension ref="A1:[A-D]')
    assert size.sub("", ours) == size.sub("", theirs)


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_book_is_compressed_lightly_wherever_its_parts_were(in_memory: bool) -> None:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": in_memory})
    sheet = book.add_worksheet("Lines")
    for number in range(2_000):
        sheet.write_number(number, 0, number * 7919 % 5003)
    book.close()

    with zipfile.ZipFile(content) as parts:
        lines = parts.read("xl/worksheets/sheet1.xml")
        size = parts.getinfo("xl/worksheets/sheet1.xml").compress_size
    lightly = zlib.compressobj(2, zlib.DEFLATED, -zlib.MAX_WBITS)
    assert size == len(lightly.compress(lines) + lightly.flush())


def test_days_and_moments_are_dates_to_a_spreadsheet_and_stand_as_elsewhere() -> None:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    day, moment = (book.add_format({"num_format": form}) for form in (DAY, MOMENT))
    sheet = book.add_worksheet("Lines", ManyRows)
    shown = ["2026-11-01T05:30:00.001Z", "", "2024-02-29T23:59:59.999Z"]
    sheet.write_columns(0, [days(["2026-11-01", "", "2024-02-29"], day), moments(shown, moment)])
    book.close()

    content.seek(0)
    rows = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()

    assert [type(cell) for cell in rows[0]] == [date, datetime]
    assert [[str(cell) for cell in row] for row in rows] == [
        ["2026-11-01", "2026-11-01 05:30:00.001000"],
        ["", ""],
        ["2024-02-29", "2024-02-29 23:59:59.999000"],
    ]


def test_a_text_that_looks_like_markup_stays_text() -> None:
    sheet = workbook([("", "<r><t>bold</t></r>", None, "")], by_piece=True)
    assert "<is><t>&lt;r&gt;&lt;t&gt;bold&lt;/t&gt;&lt;/r&gt;</t></is>" in sheet


def test_a_text_that_many_rows_share_stands_once_in_the_workbook() -> None:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    sheet = book.add_worksheet("Lines", ManyRows)
    for number in range(3):
        sheet.write_columns(number, [sheet.shared(["茶屋 <&>"]), texts([f"own {number}"]), [""]])
    book.close()

    content.seek(0)
    rows = CalamineWorkbook.from_object(content).get_sheet_by_name("Lines").to_python()
    assert rows == [["茶屋 <&>", f"own {number}"] for number in range(3)]
    with zipfile.ZipFile(content) as parts:
        assert parts.read("xl/sharedStrings.xml").count("茶屋".encode()) == 1
        assert "茶屋".encode() not in parts.read("xl/worksheets/sheet1.xml")
