"""The way of a sheet of any kind: brought, checked by a worker, and taken if a person says so.

All of it happens, or nothing. Dying on any line leaves a row that is due again when its lease ends;
a sheet that was taken is never taken twice, for its end is written in the transaction that makes
what stands in it.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.errors import Conflict
from merchants.models import SheetImport
from merchants.sheets.reading import (
    BYTES_LIMIT,
    FAULTS_LIMIT,
    BadSheet,
    Fault,
    Row,
    SheetPlan,
)
from tenancy.due_work import LeaseLost, LimitedWork
from tenancy.saving import faulty
from tenancy.scope import acting, platform_scope, tenant_scope

KEPT = timedelta(days=7)  # a sheet that nobody took
_LET_GO_AT_ONCE = 20
_TOO_OFTEN = (
    "Three workers ended before they were done with it; the log says why. Bring it in parts."
)
Status = SheetImport.Status
S = TypeVar("S", bound=SheetImport)
P = TypeVar("P", bound=SheetPlan)


@dataclass(frozen=True, kw_only=True)
class SheetWork(LimitedWork[S], ABC, Generic[S, P]):
    """One kind of sheet. ``crossed`` is what is said where somebody has just made the same."""

    lease: timedelta = timedelta(minutes=10)
    tries_limit: int = 3
    plan_type: type[P]
    crossed: str
    told_every: int  # rows

    @abstractmethod
    def read(self, content: bytes) -> list[Row]:
        """The rows; raises BadSheet."""

    @abstractmethod
    def plan(self, row: S, rows: list[Row], tell: Callable[[int], None]) -> P:
        """What the sheet would do; nothing is saved. ``tell`` hears how many rows are done."""

    @abstractmethod
    def make(self, plan: P) -> None:
        """Do it; raises IntegrityError where somebody has just made the same."""

    @abstractmethod
    def count(self, row: S, plan: P) -> None:
        """Set the columns of ``row`` that say how much the sheet does."""

    def bring(self, *, file_name: str, content: bytes, actor: str, **whose: Any) -> S:
        """Keep the sheet and have it checked; raises Rejected for an empty or too large file."""
        if not content:
            raise faulty("file", "The file is empty.")
        if len(content) > BYTES_LIMIT:
            raise faulty("file", f"The file is larger than {BYTES_LIMIT // 1024**2} MB.")
        row = self.model(
            file_name=file_name[-128:],
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            brought_by=actor[:128],
            due_at=clock.now(),
            **whose,
        )
        row.save(force_insert=True)
        return row

    def have_taken(self, import_id: UUID, *, actor: str) -> S:
        """Have it taken, whole; raises Conflict ``import_not_ready`` unless it was found good."""
        with transaction.atomic():
            row = self.lock(import_id)
            if row.status != Status.READY:
                raise Conflict("import_not_ready", f"This sheet is not ready: {row.status}.")
            row.status, row.taken_by = Status.TAKING, actor[:128]
            row.due_at, row.rows_done, row.tries = clock.now(), 0, 0
            row.save()
        return row

    def drive(self, import_id: UUID, *, acquirer_id: UUID) -> None:
        """Check or take a sheet that is due; nothing if it is not, or if somebody has it."""
        with tenant_scope(acquirer_id):
            row = self.take(import_id)
            if row is None:
                return
            with acting(row.taken_by or row.brought_by, origin=row.public_id), suppress(LeaseLost):
                try:
                    plan = self._plan(row)
                except BadSheet as bad:
                    plan = self.plan_type(faults=list(bad.faults))
                self._finish(row, plan)

    def sweep(self) -> int:
        """Hand out the sheets that are due, and let go of old ones; how many were handed out."""
        with platform_scope():
            resting = self.model._default_manager.filter(due_at=None).exclude(content=None)
            old = resting.filter(created_at__lt=clock.now() - KEPT).values("id")[:_LET_GO_AT_ONCE]
            self.model._default_manager.filter(id__in=old).update(content=None)
        return self.hand_out_due()

    def _plan(self, row: S) -> P:
        if self.is_one_too_many(row):
            raise BadSheet(Fault(0, "", _TOO_OFTEN))
        if row.content is None:
            raise BadSheet(Fault(0, "", "The sheet is too old and was let go of; bring it again."))
        rows = self.read(bytes(row.content))
        self.keep(row, rows_total=len(rows))

        def tell(done: int) -> None:
            if done % self.told_every == 0:
                self.keep(row, rows_done=done)

        return self.plan(row, rows, tell)

    def _finish(self, row: S, plan: P) -> None:
        try:
            with transaction.atomic():
                self._write_down(row, plan)
        except IntegrityError:
            with transaction.atomic():
                self._write_down(row, self.plan_type(faults=[Fault(0, "", self.crossed)]))

    def _write_down(self, row: S, plan: P) -> None:
        held = self.hold(row)
        if held is None:
            return
        if plan.faults:
            held.status = Status.FAULTY
            held.faults = [list(astuple(fault)) for fault in plan.faults[:FAULTS_LIMIT]]
        elif held.status == Status.TAKING:
            self.make(plan)
            held.status, held.content = Status.DONE, None
        else:
            held.status = Status.READY
        self.count(held, plan)
        held.rows_done, held.finished_at = max(held.rows_total, held.rows_done), clock.now()
        held.rest()
        held.save()
