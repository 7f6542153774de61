"""Sheets as staff would bring them."""

import io
from typing import Any

import xlsxwriter

HEADER = [
    "scheme_merchant_id", "legal_name", "display_name", "mcc", "country", "scheme_store_id",
    "store_name", "store_address",
]  # fmt: skip
PEAK = ["M7001", "Peak Noodles Limited", "Peak Noodles", "5814", "HK", "S1", "Peak", "1 Peak Road"]
PEAK_TWO = ["M7001", "", "", "", "", "S2", "Peak Two", ""]
STAR = ["M7002", "Star Ferry Tea", "Star Tea", "5812", "HK", "S1", "Pier 7", ""]


def as_csv(*rows: list[str], header: list[str] = HEADER, delimiter: str = ",") -> bytes:
    """The header and the rows."""
    return "\n".join(delimiter.join(row) for row in [header, *rows]).encode()


def as_xlsx(*rows: list[Any], header: list[str] = HEADER) -> bytes:
    """Likewise, as a workbook; numbers stay numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)
    return file.getvalue()
