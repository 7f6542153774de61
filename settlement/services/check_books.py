"""Checking the books: every invariant, one statement each; what was found is kept as a row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from kernel import clock, ids
from settlement.books.invariants import INVARIANTS, Invariant
from settlement.models import BooksCheck
from tenancy.models import Acquirer
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

FIRST = 20  # faults of one invariant that are kept in words
EVERY = timedelta(hours=20)  # a day's check is not missed for a few minutes

Progress = Callable[[int, int, str], None]  # invariants looked at, how many there are, which now

# A rule reads whole tables. The planner takes sums of them for few rows, and would go through one
# again for each row of another: an hour instead of seconds.
_EVERYTHING = "SET LOCAL enable_nestloop = off"
_FIRST = "SELECT * FROM ({sql}) AS fault (id, said) LIMIT {limit}"
_COUNT = "SELECT count(*) FROM ({sql}) AS fault (id, said)"


def check_books(
    acquirer: Acquirer, *, progress: Progress = lambda done, of, name: None
) -> BooksCheck:
    """Look at the acquirer's books, live and test, and keep what was found."""
    began_at = clock.now()
    findings = {}
    with tenant_scope(acquirer.id):
        for done, invariant in enumerate(INVARIANTS):
            progress(done, len(INVARIANTS), invariant.name)
            findings[invariant.name] = _look(acquirer, invariant)
        check = BooksCheck(acquirer=acquirer, began_at=began_at, findings=findings)
        check.faults = sum(found["count"] for found in findings.values())
        check.save(force_insert=True)
    progress(len(INVARIANTS), len(INVARIANTS), "")
    say = log.error if check.faults else log.info
    say("books_checked", acquirer=acquirer.slug, faults=check.faults)
    return check


def check_due_books() -> int:
    """Check the books of each acquirer that had no check for a day; how many."""
    due = [acquirer for acquirer in Acquirer.objects.order_by("id") if _is_due(acquirer)]
    for acquirer in due:
        check_books(acquirer)
    return len(due)


def _is_due(acquirer: Acquirer) -> bool:
    since = ids.first_uuid_at(clock.now() - EVERY)
    with platform_scope():
        return not BooksCheck.objects.filter(acquirer=acquirer, id__gte=since).exists()


def _look(acquirer: Acquirer, invariant: Invariant) -> dict[str, Any]:
    """How many break the rule, and the first of them in words."""
    rows = _ask(_FIRST.format(sql=invariant.sql, limit=FIRST), acquirer)
    first = [f"{ids.encode(invariant.prefix, key)}: {said}" for key, said in rows]
    count = len(rows)
    if count == FIRST:
        [(count,)] = _ask(_COUNT.format(sql=invariant.sql), acquirer)
    return {"count": count, "first": first}


def _ask(sql: str, acquirer: Acquirer) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
        cursor.execute(sql, {"acquirer": acquirer.id})
        return list(cursor.fetchall())
