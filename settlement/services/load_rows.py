"""A file's rows into the table, by COPY, as they are read: none is kept in memory."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString

from django.db import connection
from psycopg import sql

from settlement.models import SchemeFile
from settlement.scheme_files.piece import Piece

# What is kept of a row. The cells of other columns lie beside until the piece is in the table.
_TYPES: dict[str, LiteralString] = {
    "kind": "text",
    "amount": "numeric",
    "fee": "numeric",
    "own_id": "text",
    "scheme_id": "text",
    "currency": "text",
    "merchant_name": "text DEFAULT ''",  # older files have none
    "at": "timestamp",
}
# COPY itself knows nothing of tenants: what it brought goes through the policies here, in the order
# in which it came.
_KEEP: LiteralString = """
INSERT INTO settlement_schemerow (acquirer_id, file_id, line, kind, amount_minor, fee_minor, own_id,
       scheme_id, currency, merchant_name, at{names})
SELECT %(acquirer)s, %(file)s, %(line)s + place - 1, kind,
       abs(amount) * %(unit)s, abs(fee) * %(unit)s, own_id, scheme_id, currency, merchant_name,
       at AT TIME ZONE interval '8 hours'{values}
  FROM staged
"""
_TRADED = _KEEP.format(names="", values="")
_SETTLED = _KEEP.format(
    names=", rate, rmb_minor, rmb_settlement_minor",
    values=""", NULLIF(rate, ''), abs(NULLIF(rmb, '')::numeric) * 100,
       abs(NULLIF(rmb_settlement, '')::numeric) * 100""",
)
_NEXT: LiteralString = "TRUNCATE staged RESTART IDENTITY"
_DROP: LiteralString = "DROP TABLE IF EXISTS staged"

Progress = Callable[[int], None]  # rows read so far


def load_rows(
    file: SchemeFile, pieces: Iterator[Piece], progress: Progress = lambda read: None
) -> int:
    """Append the rows as ``file``'s, in a transaction; how many. ``pieces`` may raise FileRefused.

    While the database keeps a piece, a thread beside reads the next one: just then, for reading is
    one long step of the interpreter, and until it ends nothing else of ours would reach the
    database.
    """
    count = 0
    with connection.cursor() as cursor, ThreadPoolExecutor(1, "reads-ahead") as beside:
        piece = next(pieces, None)
        while piece is not None:
            cursor.execute(_NEXT if count else _stage(piece.columns))
            with cursor.copy(_copy(piece.columns)) as copy:
                copy.write(piece.text)
            coming = beside.submit(next, pieces, None)
            told: dict[str, Any] = {"line": piece.line, "unit": 10**piece.digits}
            keep = _SETTLED if "rate" in piece.columns else _TRADED
            cursor.execute(keep, told | {"acquirer": file.acquirer_id, "file": file.id})
            count += piece.rows
            progress(count)
            piece = coming.result()
        cursor.execute(_DROP)
    return count


def _stage(columns: Sequence[str]) -> sql.Composed:
    """A table for the cells of a piece."""
    names = [*columns, *(name for name in _TYPES if name not in columns)]
    parts = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_TYPES.get(name, "text")))
        for name in names
    ]
    place = "place int GENERATED ALWAYS AS IDENTITY (CACHE 1000)"  # a window function takes longer
    made = sql.SQL(f"CREATE TEMPORARY TABLE staged ({place}, {{}}) ON COMMIT DROP")
    return made.format(sql.SQL(", ").join(parts))


def _copy(columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY staged ({}) FROM STDIN WITH (DELIMITER '|')").format(names)
