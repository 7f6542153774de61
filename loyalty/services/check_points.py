"""Checking the points: every invariant, one statement each. Changes nothing."""

from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction

from kernel import ids
from loyalty.invariants import INVARIANTS, Invariant
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

FIRST = 20  # faults of one invariant that are told in words
_FIRST = "SELECT * FROM ({sql}) AS fault (id, said) LIMIT {limit}"
_COUNT = "SELECT count(*) FROM ({sql}) AS fault (id, said)"
# A rule reads whole tables; going through one again for each row of another takes hours.
_EVERYTHING = "SET LOCAL enable_nestloop = off"


@dataclass(frozen=True, slots=True)
class Fault:
    """How many break one rule, and the first of them in words."""

    invariant: Invariant
    count: int
    first: list[str]


def check_points(acquirer: Acquirer) -> list[Fault]:
    """What is wrong with the acquirer's points, live and test; nothing where all is well."""
    with tenant_scope(acquirer.id):
        found = [fault for each in INVARIANTS if (fault := _look(acquirer, each)).count]
    for fault in found:
        log.error("points_do_not_hold", acquirer=acquirer.slug, rule=fault.invariant.name,
                  count=fault.count, first=fault.first)  # fmt: skip
    return found


def check_all_points() -> int:
    """Check every acquirer's points; how many faults."""
    return sum(
        fault.count
        for acquirer in Acquirer.objects.order_by("id")
        for fault in check_points(acquirer)
    )


def _look(acquirer: Acquirer, invariant: Invariant) -> Fault:
    rows = _ask(_FIRST.format(sql=invariant.sql, limit=FIRST), acquirer)
    count = len(rows)
    if count == FIRST:
        [(count,)] = _ask(_COUNT.format(sql=invariant.sql), acquirer)
    first = [f"{ids.encode(invariant.prefix, key)}: {said}" for key, said in rows]
    return Fault(invariant, count, first)


def _ask(sql: str, acquirer: Acquirer) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
        cursor.execute(sql, {"acquirer": acquirer.id})
        return list(cursor.fetchall())
