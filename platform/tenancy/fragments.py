"""Several packages' writes in one statement: each gives a fragment, one round trip carries all.

A fragment is an ``INSERT … SELECT … FROM <source>``: it writes only if the statement that it is
joined to (the common table expression called ``source``) changed a row. Fewer round trips are
worth more than anything else inside the database (docs/decisions/0006).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Fragment:
    """``sql`` becomes the common table expression ``name``; keys of ``params`` start with it.

    For equal names ``sql`` is always the same text, so that PostgreSQL can prepare the whole.
    """

    name: str
    sql: str
    params: dict[str, Any]


@lru_cache(maxsize=256)
def _compose(parts: tuple[tuple[str, str], ...], tail: str) -> str:
    return "WITH " + ",\n".join(f"{name} AS ({sql})" for name, sql in parts) + "\n" + tail


def run(fragments: Sequence[Fragment], *, tail: str) -> tuple[Any, ...] | None:
    """Run the fragments and ``tail`` (a SELECT over them) as one statement; its first row.

    Outside a transaction the statement is its own: all of it happens, or nothing.
    """
    sql = _compose(tuple((part.name, part.sql) for part in fragments), tail)
    params: dict[str, Any] = {}
    for part in fragments:
        params |= part.params
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
