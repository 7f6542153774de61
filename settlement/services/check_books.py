"""Checking the books: every invariant, one statement each; what was found is kept as a row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from kernel import clock, ids
from settlement.books.invariants import INVARIANTS
from settlement.models import BooksCheck
from tenancy.invariants import look
from tenancy.models import Acquirer
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=20)  # a day's check is not missed for a few minutes

Progress = Callable[[int, int, str], None]  # invariants looked at, how many there are, which now


def check_books(
    acquirer: Acquirer, *, progress: Progress = lambda done, of, name: None
) -> BooksCheck:
    """Look at the acquirer's books, live and test, and keep what was found."""
    began_at = clock.now()
    findings: dict[str, dict[str, Any]] = {}
    with tenant_scope(acquirer.id):
        for done, invariant in enumerate(INVARIANTS):
            progress(done, len(INVARIANTS), invariant.name)
            broken = look(invariant, acquirer.id)
            findings[invariant.name] = {"count": broken.count, "first": broken.first}
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
