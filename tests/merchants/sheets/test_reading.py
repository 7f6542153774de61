"""What is read from a sheet, and what is refused, with the row and the column."""

import io
import zipfile
from collections.abc import Callable

import pytest

from merchants.sheets import reading
from merchants.sheets.reading import BadSheet, Fault, read_sheet
from tests.merchants.sheets.sample import HEADER, PEAK, PEAK_TWO, as_csv, as_xlsx


def faults_of(content: bytes) -> list[Fault]:
    with pytest.raises(BadSheet) as bad:
        read_sheet(content)
    return list(bad.value.faults)


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_csv_and_xlsx_say_the_same(written: Callable[..., bytes]) -> None:
    first, second = read_sheet(written(PEAK, PEAK_TWO))

    assert (first.number, second.number) == (2, 3)
    assert first.cells == dict(zip(HEADER, PEAK, strict=True))
    assert second.cells == {
        "scheme_merchant_id": "M7001", "scheme_store_id": "S2", "store_name": "Peak Two",
    }  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_spreadsheets_csv_is_read(delimiter: str) -> None:
    assert read_sheet(as_csv(PEAK, delimiter=delimiter))[0].cells["mcc"] == "5814"


def test_a_mark_of_utf_8_and_a_quoted_line_break_are_read() -> None:
    content = b"\xef\xbb\xbf" + as_csv([*PEAK[:6], '"尖沙咀\n店"', "", ""][:8])

    assert read_sheet(content)[0].cells["store_name"] == "尖沙咀\n店"


def test_a_number_of_a_workbook_is_read_as_it_is_shown() -> None:
    row = ["M7001", "Peak", "Peak", 5814, "HK", 17, "Peak", ""]

    cells = read_sheet(as_xlsx(row))[0].cells
    assert (cells["mcc"], cells["scheme_store_id"]) == ("5814", "17")


def test_empty_rows_are_passed_over_and_the_others_keep_their_numbers() -> None:
    empty = [""] * len(HEADER)

    assert [row.number for row in read_sheet(as_csv(empty, PEAK, empty, PEAK_TWO))] == [3, 5]


def test_headers_may_be_written_as_people_write_them() -> None:
    header = [name.replace("_", " ").title() for name in HEADER]

    assert read_sheet(as_csv(PEAK, header=header))[0].cells["mcc"] == "5814"


def test_the_apostrophe_before_a_formula_is_taken_away() -> None:
    row = [*PEAK[:6], "'=Sum", "'s-Hertogenbosch"]

    cells = read_sheet(as_csv(row))[0].cells
    assert (cells["store_name"], cells["store_address"]) == ("=Sum", "'s-Hertogenbosch")


def test_every_fault_of_the_header_is_said_at_once() -> None:
    header = ["scheme_merchant_id", "legal_nam", "display_name", "mcc", "mcc", "country", "fee",
              "store_name"]  # fmt: skip

    assert faults_of(as_csv(PEAK, header=header)) == [
        Fault(1, "legal_nam", "No such column. Did you mean legal_name?"),
        Fault(1, "fee", "No such column."),
        Fault(1, "mcc", "This column is there twice."),
        Fault(1, "legal_name", "This column is missing."),
        Fault(1, "scheme_store_id", "This column is missing."),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_csv(), "There is nothing below the header."),
        ("\n".join(HEADER).encode("utf-16"), "neither XLSX nor CSV in UTF-8"),
        (b"PK\x03\x04 broken", "The workbook cannot be read; save it anew."),
        (as_csv([*PEAK, "extra"]), "There are more cells than the header has columns."),
        (as_csv([*PEAK[:7], "x" * 1001]), "At most 1000 characters."),
        (b"x" * (reading.BYTES_LIMIT + 1), "The file is larger than 5 MB."),
        (as_csv(*[PEAK] * 5001), "At most 5000 rows; split the sheet."),
        (as_csv(['"open', *PEAK[1:]]), "The CSV cannot be read: unexpected end of data."),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    (fault,) = faults_of(content)

    assert words in fault.message


def test_a_small_workbook_that_unpacks_to_a_lot_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (101 * 1024 * 1024))

    assert faults_of(file.getvalue()) == [
        Fault(0, "", "The workbook is too large when it is unpacked.")
    ]
