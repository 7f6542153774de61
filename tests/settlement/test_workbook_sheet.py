"""Rows that are written in one piece are those that the library would have written."""

import zipfile
from io import BytesIO
from typing import Any

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from settlement.workbook_sheet import ManyRows, Number

CELLS = (
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(
        ["=1+1", " a", "a\n", "\0", "_x0041_", "\ufffe", '"<&>', "茶屋", "x" * 40_000]
    )
    | st.integers(-(10**15), 10**15).map(lambda minor: minor / 100)
)


def workbook(rows: list[list[Any]], *, by_piece: bool) -> bytes:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    money = book.add_format({"num_format": "0.00"})
    sheet = book.add_worksheet("Lines", ManyRows if by_piece else None)
    sheet.write_string(0, 0, "title")
    for number, row in enumerate(rows, 1):
        if by_piece:
            told = [Number(cell, money) if isinstance(cell, float) else cell for cell in row]
            sheet.write_cells(number, told)
            continue
        for column, cell in enumerate(row):
            if isinstance(cell, float):
                sheet.write_number(number, column, cell, money)
            elif cell is not None:
                sheet.write_string(number, column, cell)
    sheet.autofilter(0, 0, len(rows), 2)
    book.close()
    with zipfile.ZipFile(content) as parts:
        return parts.read("xl/worksheets/sheet1.xml")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3)))
def test_a_sheet_of_any_cells_is_the_one_that_the_library_writes(rows: list[list[Any]]) -> None:
    assert workbook(rows, by_piece=True) == workbook(rows, by_piece=False)


def test_a_text_that_looks_like_markup_stays_text() -> None:
    sheet = workbook([["<r><t>bold</t></r>"]], by_piece=True).decode()
    assert "<is><t>&lt;r&gt;&lt;t&gt;bold&lt;/t&gt;&lt;/r&gt;</t></is>" in sheet


def test_a_text_that_many_rows_share_stands_once_in_the_workbook() -> None:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    sheet = book.add_worksheet("Lines", ManyRows)
    sheet.share([0])
    for number in range(3):
        sheet.write_cells(number, ["茶屋 <&>", f"own {number}", None])
    book.close()

    content.seek(0)
    rows = CalamineWorkbook.from_object(content).get_sheet_by_name("Lines").to_python()
    assert rows == [["茶屋 <&>", f"own {number}"] for number in range(3)]
    with zipfile.ZipFile(content) as parts:
        assert parts.read("xl/sharedStrings.xml").count("茶屋".encode()) == 1
        assert "茶屋".encode() not in parts.read("xl/worksheets/sheet1.xml")
