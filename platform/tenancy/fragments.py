"""Several packages' writes in one statement: each gives a fragment, one round trip carries all.

A fragment is an ``INSERT … SELECT … FROM <source>``: it writes only if the statement that it is
joined to (the common table expression called ``source``) changed a row. Fewer round trips are
worth more than anything else inside the database (docs/decisions/0006).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from tenancy.prepared import prepared

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Fragment:
    """``sql`` becomes the common table expression ``name``; keys of ``params`` start with it.

    For equal names ``sql`` is always the same text, so that PostgreSQL can prepare the whole.
    ``also`` are fragments that go wherever this one goes. ``then`` is called once the change is
    committed, with the first column of the rows that this fragment returned, if there are any.
    """

    name: str
    sql: str
    params: dict[str, Any]
    also: tuple["Fragment", ...] = ()
    then: Callable[[list[Any]], None] | None = None


@lru_cache(maxsize=256)
def _compose(parts: tuple[tuple[str, str], ...], followed: tuple[str, ...], tail: str) -> str:
    sql = "WITH " + ",\n".join(f"{name} AS ({sql})" for name, sql in parts) + "\n"
    if not followed:
        return sql + tail
    told = ", ".join(f"ARRAY(TABLE {name})" for name in followed)
    return f"{sql}SELECT tail.*, {told} FROM ({tail}) AS tail"  # noqa: S608 - the program's words


def _flatten(fragments: Sequence[Fragment]) -> Iterator[Fragment]:
    for part in fragments:
        yield part
        yield from _flatten(part.also)


def run(fragments: Sequence[Fragment], *, tail: str) -> tuple[Any, ...] | None:
    """Run the fragments and ``tail`` (a SELECT over them) as one statement; its first row.

    Outside a transaction the statement is its own: all of it happens, or nothing.
    """
    parts = list(_flatten(fragments))
    followed = [part for part in parts if part.then is not None]
    sql, params = _statement(parts, followed, tail)
    with prepared(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None or not followed:
        return row
    kept = len(row) - len(followed)
    _follow(followed, row[kept:])
    return row[:kept]


def run_for(model: type[M], fragments: Sequence[Fragment], *, tail: str) -> M | None:
    """Like ``run``, for fragments without a ``then``: the first row as a ``model``.

    ``tail`` selects every column of the model; what it selects beside them becomes attributes.
    """
    sql, params = _statement(list(_flatten(fragments)), [], tail)
    with prepared():
        return next(iter(model._default_manager.raw(sql, params)), None)


def _statement(
    parts: Sequence[Fragment], followed: Sequence[Fragment], tail: str
) -> tuple[str, dict[str, Any]]:
    sql = _compose(
        tuple((part.name, part.sql) for part in parts),
        tuple(part.name for part in followed),
        tail,
    )
    params: dict[str, Any] = {}
    for part in parts:
        params |= part.params
    return sql, params


def _follow(followed: Sequence[Fragment], returned: Sequence[list[Any]]) -> None:
    for part, values in zip(followed, returned, strict=True):
        if values and part.then is not None:
            transaction.on_commit(partial(part.then, values))
