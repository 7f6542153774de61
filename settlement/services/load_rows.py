"""A file's rows into the table, by COPY, as they are read: none is kept in memory."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, LiteralString

from django.db import connection

from settlement.models import SchemeFile
from settlement.scheme_files.piece import Piece

_STAGE: LiteralString = """
CREATE TEMPORARY TABLE staged (place integer GENERATED ALWAYS AS IDENTITY, kind text,
    amount numeric, fee numeric, own_id text, scheme_id text, currency text,
    merchant_name text, at timestamptz) ON COMMIT DROP
"""
_COPY: LiteralString = """
COPY staged (kind, amount, fee, own_id, scheme_id, currency, merchant_name, at)
FROM STDIN
"""
# COPY itself knows nothing of tenants: what it brought goes through the policies here.
_KEEP: LiteralString = """
INSERT INTO settlement_schemerow (acquirer_id, file_id, line, kind, amount_minor, fee_minor, own_id,
       scheme_id, currency, merchant_name, at)
SELECT %(acquirer)s, %(file)s, %(line)s + place - 1, kind,
       abs(amount) * %(unit)s, abs(fee) * %(unit)s, own_id, scheme_id, currency, merchant_name, at
  FROM staged
"""
_NEXT: LiteralString = "TRUNCATE staged RESTART IDENTITY"
_DROP: LiteralString = "DROP TABLE staged"

Progress = Callable[[int], None]  # rows read so far


def load_rows(
    file: SchemeFile, pieces: Iterator[Piece], progress: Progress = lambda read: None
) -> int:
    """Append the rows as ``file``'s, in a transaction; how many. ``pieces`` may raise FileRefused.

    While the database keeps a piece, the next one is read.
    """
    count = 0
    with connection.cursor() as cursor, closing(_ahead(pieces)) as coming:
        cursor.execute(_STAGE)
        for piece in coming:
            with cursor.copy(_COPY) as copy:
                copy.write(piece.text)
            told: dict[str, Any] = {"line": piece.line, "unit": 10**piece.digits}
            cursor.execute(_KEEP, told | {"acquirer": file.acquirer_id, "file": file.id})
            cursor.execute(_NEXT)
            count += piece.rows
            progress(count)
        cursor.execute(_DROP)
    return count


def _ahead(pieces: Iterator[Piece]) -> Generator[Piece]:
    """The same pieces, each read by a thread beside while the one before it is looked at."""
    with ThreadPoolExecutor(1, "reads-ahead") as beside:
        coming = beside.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = beside.submit(next, pieces, None)
            yield piece
