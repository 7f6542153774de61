"""A file's rows into the table, by COPY, as they are read: none is kept in memory."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import LiteralString

from django.db import connection

from settlement.models import SchemeFile
from settlement.scheme_files.settlement import SettlementRow
from settlement.scheme_files.transaction import TransactionRow

PIECE = 10_000  # rows between two words of progress
_STAGE: LiteralString = """
CREATE TEMPORARY TABLE staged (line integer, kind text, amount_minor bigint, fee_minor bigint,
    at timestamptz, own_id text, scheme_id text, currency text, merchant_name text) ON COMMIT DROP
"""
_COPY: LiteralString = "COPY staged FROM STDIN"
# COPY itself knows nothing of tenants: what it brought goes through the policies here.
_KEEP: LiteralString = """
INSERT INTO settlement_schemerow (acquirer_id, file_id, line, kind, amount_minor, fee_minor, at,
       own_id, scheme_id, currency, merchant_name)
SELECT %(acquirer)s, %(file)s, * FROM staged
"""
_DROP: LiteralString = "DROP TABLE staged"
_TEXTS = 4
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Rows = Iterable[TransactionRow] | Iterable[SettlementRow]
Progress = Callable[[int], None]  # rows read so far


def load_rows(file: SchemeFile, rows: Rows, progress: Progress = lambda read: None) -> int:
    """Append the rows as ``file``'s, in a transaction; how many. ``rows`` may raise FileRefused."""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for piece in _pieces(rows):
                times: dict[datetime, str] = {}  # of a piece: few seconds in many rows
                copy.write("".join([_line(row, times) for row in piece]))
                count += len(piece)
                progress(count)
        cursor.execute(_KEEP, {"acquirer": file.acquirer_id, "file": file.id})
        cursor.execute(_DROP)
    return count


def _pieces(rows: Rows) -> Iterator[list[TransactionRow | SettlementRow]]:
    left: Iterator[TransactionRow | SettlementRow] = iter(rows)
    while piece := list(islice(left, PIECE)):
        yield piece


def _line(row: TransactionRow | SettlementRow, times: dict[datetime, str]) -> str:
    at = row.at if isinstance(row, TransactionRow) else row.paid_at
    if at not in times:
        times[at] = at.isoformat()
    texts = f"{row.own_id}\t{row.scheme_id}\t{row.currency}\t{row.merchant_name}"
    if "\\" in texts or texts.count("\t") != _TEXTS - 1:  # what COPY would take for its own
        texts = "\t".join(
            text.translate(_ESCAPES)
            for text in (row.own_id, row.scheme_id, row.currency, row.merchant_name)
        )
    return f"{row.line}\t{row.kind}\t{row.amount}\t{row.fee}\t{times[at]}\t{texts}\n"
