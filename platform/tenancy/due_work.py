"""Work that rows owe: due at a moment, one worker's at a time, found again when that one dies.

A worker takes a due row for a lease, under a claim of its own, and renews the lease with each word
of how far it is. Whoever dies on any line leaves a row that is due again when the lease ends
(law 7). Whoever was slower than its lease finds another's claim, and writes nothing any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop

from kernel import clock, ids
from tenancy.handing_out import hand_out
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel

# What changes while workers work, and nobody decides.
PROGRESS = frozenset({"due_at", "claim", "tries"})
# What a row says that was given up, where it has nothing better to say.
TOO_OFTEN = gettext_noop("Its worker ended before it was done, time and again; the log says why.")


class LeaseLost(RuntimeError):
    """Another worker has the row by now, or nothing is owed any more."""


class DueRow(TenantModel):
    """A row that owes work from ``due_at`` on; with a ``claim`` it is somebody's until then."""

    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    claim = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        abstract = True

    def rest(self, until: datetime | None = None) -> None:
        """Nobody's, once it is saved: due again at ``until``, or never."""
        self.due_at, self.claim = until, None


class TriedRow(DueRow):
    """A due row whose tries are counted."""

    tries = models.PositiveSmallIntegerField(default=0)

    class Meta(DueRow.Meta):
        abstract = True


R = TypeVar("R", bound=DueRow)
T = TypeVar("T", bound=TriedRow)


@dataclass(frozen=True, kw_only=True)
class DueWork(Generic[R]):
    """What workers do for the due rows of ``model``, each row by the Celery task ``task``."""

    model: type[R]
    task: str
    every_seconds: int  # between two sweeps
    lease: timedelta  # longer than a worker is silent while it works
    related: tuple[str, ...] = ()  # what is read together with the row
    at_once: int = 20  # rows of one sweep

    def hand_out_due(self) -> int:
        """Send the task for the rows that are due, whosever they are; how many."""
        with platform_scope():
            due = self._rows().filter(due_at__lte=clock.now()).order_by("due_at")
            rows = list(due.values_list("id", "acquirer_id")[: self.at_once])
        return hand_out(self.task, rows, expires_seconds=self.every_seconds)

    def take(self, row_id: UUID, **facts: Any) -> R | None:
        """The row, ours for a lease, with ``facts`` written; None if it is not due, or taken."""
        now, claim = clock.now(), ids.new_uuid()
        due = self._rows().filter(id=row_id, due_at__lte=now)
        if not due.update(claim=claim, due_at=now + self.lease, **facts):
            return None
        return self._whole(self._rows().filter(id=row_id, claim=claim)).first()

    def go_on(self, row_id: UUID, step: Callable[[R], int | None], *, steps: int) -> int:
        """Take the row and do ``step`` until that says None; the sum of what it said before.

        After so many ``steps`` the worker turns to others: what is left is due when the lease ends.
        """
        row, total = self.take(row_id), 0
        if row is None:
            return 0
        for _ in range(steps):
            said = step(row)
            if said is None:
                break
            total += said
        return total

    def keep(self, row: R, **facts: Any) -> None:
        """Write ``facts`` and renew the lease; raises LeaseLost."""
        if not self._ours(row).update(due_at=clock.now() + self.lease, **facts):
            raise LeaseLost

    def hold(self, row: R) -> R | None:
        """The row as it is now, locked until the transaction ends; None if it is not ours."""
        return self._locked(self._ours(row)).first()

    def lock(self, row_id: UUID) -> R:
        """As ``hold``, whoever has the row: for a person, whose word counts at any time."""
        return self._locked(self._rows()).get(id=row_id)

    def renew(self, held: R) -> None:
        """Let the lease run from now on, once the row is saved."""
        held.due_at = clock.now() + self.lease

    def _rows(self) -> QuerySet[R, R]:
        manager: Any = self.model._default_manager
        rows: QuerySet[R, R] = manager.all()
        return rows

    def _ours(self, row: R) -> QuerySet[R, R]:
        if row.claim is None:  # it would be ours with all that nobody has taken
            return self._rows().none()
        return self._rows().filter(id=row.id, claim=row.claim)

    def _locked(self, rows: QuerySet[R, R]) -> QuerySet[R, R]:
        return self._whole(rows.select_for_update(no_key=True, of=("self",)))

    def _whole(self, rows: QuerySet[R, R]) -> QuerySet[R, R]:
        return rows.select_related(*self.related) if self.related else rows


@dataclass(frozen=True, kw_only=True)
class LimitedWork(DueWork[T]):
    """Work that is given up after some tries: what ends its worker would end every one."""

    tries_limit: int

    def take(self, row_id: UUID, **facts: Any) -> T | None:
        """As any due row is taken. The try counts before it begins: who dies has tried."""
        return super().take(row_id, tries=F("tries") + 1, **facts)

    def renew(self, held: T) -> None:
        """Let the lease run from now on; who gets on has all tries before them again."""
        super().renew(held)
        held.tries = 0

    def is_last_try(self, row: T) -> bool:
        """Whether nobody shall try again where this one fails."""
        return row.tries >= self.tries_limit

    def is_one_too_many(self, row: T) -> bool:
        """Whether as many as may have tried, and none of them lived to say how it ended."""
        return row.tries > self.tries_limit
