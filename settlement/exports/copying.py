"""Rows of a list go out of the database piece by piece, newest first, and none through the ORM."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any, LiteralString

from django.db import connection
from django.db.models import QuerySet

from kernel import ids
from settlement.exports.sink import Sink
from settlement.exports.tables import Table

PIECE = 50_000  # rows of one COPY
# OFFSET 0 keeps the planner from working out what a row needs at each mention of it. The order is
# that of the piece, which the planner forgets and would sort for if it were not said again.
_COPY: LiteralString = """
COPY (SELECT {cells}
        FROM (SELECT {needs} FROM ({piece}) AS found ORDER BY found.id DESC OFFSET 0) AS row
             {joins}
       ORDER BY row.id DESC) TO STDOUT {form}
"""


def copy_rows(rows: QuerySet[Any], table: Table, sink: Sink[Any]) -> Iterator[int]:
    """Newest first; how many rows are in the file, after each piece."""
    done, wanted = 0, rows
    while True:
        count, last = _copy(wanted.order_by("-id")[:PIECE], table, sink)
        if last is None:
            return
        done += count
        yield done
        if count < PIECE:
            return
        wanted = rows.filter(id__lt=ids.decode(last.partition("_")[0], last))


def _copy(piece: QuerySet[Any], table: Table, sink: Sink[Any]) -> tuple[int, str | None]:
    """How many rows there were, and the id of the last one."""
    count, last = 0, None
    with connection.cursor() as cursor, cursor.copy(*_statement(piece, table, sink)) as copy:
        found = sink.rows_of(copy)
        while some := list(islice(found, sink.AT_ONCE)):
            sink.write(some)
            count, last = count + len(some), sink.id_of(some[-1])
            time.sleep(0)  # a worker's other tasks run in this thread
    return count, last


def _statement(piece: QuerySet[Any], table: Table, sink: Sink[Any]) -> tuple[str, tuple[Any, ...]]:
    """The program's own SQL around that of the list, which has parameters."""
    found, params = piece.values(*_columns_of(piece)).query.sql_with_params()
    ours = {
        "cells": ", ".join(sink.cell_of(column) for column in table.columns),
        "needs": table.needs,
        "joins": table.joins,
        "form": sink.COPY_AS,
    }
    escaped = {name: sql.replace("%", "%%") for name, sql in ours.items()}
    return _COPY.format(piece=found, **escaped), params


def _columns_of(rows: QuerySet[Any]) -> list[str]:
    return [field.attname for field in rows.model._meta.concrete_fields]
