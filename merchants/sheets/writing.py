"""Writing a sheet: the acquirer's merchants and stores, in the columns that an import reads.

No cell is ever calculated by the spreadsheet that opens it: a text that looks like a formula gets
an apostrophe in CSV (which the import takes away again), and is stored as text in XLSX.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import StreamingHttpResponse

from kernel.cells import as_text
from merchants.models import Store
from merchants.sheets.columns import EXPORTED
from tenancy.scope import in_this_scope

EXPORT_LIMIT = 50_000  # stores


def rows_of(stores: Iterable[Store]) -> Iterator[list[str]]:
    """The header, then a row per store; ``stores`` come with their merchants."""
    yield [column.name for column in EXPORTED]
    for store in stores:
        of = {"merchant": store.merchant, "store": store}
        yield [column.show(getattr(of[column.of], column.field)) for column in EXPORTED]


def write_csv(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Line by line; the mark at the beginning tells spreadsheets that it is UTF-8."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow([as_text(cell) for cell in row])
        yield line.getvalue().encode()


def answer_csv(rows: Iterable[list[str]], name: str) -> StreamingHttpResponse:
    """A download of ``rows`` named ``name``, written as it leaves, in the scope that asks now."""
    answer = StreamingHttpResponse(in_this_scope(write_csv(rows)), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def write_xlsx(rows: Iterable[list[str]], *, sheet_name: str = "Merchants") -> bytes:
    """The whole workbook; its rows go through a file of its own and not through memory."""
    import xlsxwriter  # it takes a twentieth of a process's start, and few processes need it

    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        options = {"constant_memory": True, "tmpdir": folder}
        with xlsxwriter.Workbook(path, options) as book:
            sheet = book.add_worksheet(sheet_name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
        return path.read_bytes()
