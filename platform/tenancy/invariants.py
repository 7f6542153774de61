"""What must always hold of one acquirer's rows: rules as statements that find what breaks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kernel import ids

FIRST = 20  # faults of one rule that are told in words
# A rule reads whole tables. The planner takes sums of them for few rows, and would go through one
# again for each row of another: an hour instead of seconds.
_EVERYTHING = "SET LOCAL enable_nestloop = off"
_FIRST = "SELECT * FROM ({sql}) AS fault (id, said) LIMIT {limit}"
_COUNT = "SELECT count(*) FROM ({sql}) AS fault (id, said)"


@dataclass(frozen=True, slots=True)
class Invariant:
    """``sql`` gives an id (of ``prefix``) and what is wrong with it, by ``%(acquirer)s``."""

    name: str
    meaning: str
    prefix: str
    sql: str


@dataclass(frozen=True, slots=True)
class Broken:
    """How many rows break a rule, and the first of them in words."""

    invariant: Invariant
    count: int
    first: Sequence[str]


def look(invariant: Invariant, acquirer_id: UUID) -> Broken:
    """In the acquirer's tenant scope, at one moment; changes nothing."""
    rows = _ask(_FIRST.format(sql=invariant.sql, limit=FIRST), acquirer_id)
    count = len(rows)
    if count == FIRST:
        [(count,)] = _ask(_COUNT.format(sql=invariant.sql), acquirer_id)
    first = [f"{ids.encode(invariant.prefix, key)}: {said}" for key, said in rows]
    return Broken(invariant, count, first)


def _ask(sql: str, acquirer_id: UUID) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
        cursor.execute(sql, {"acquirer": acquirer_id})
        return list(cursor.fetchall())
