"""A worker's part of an import: check the sheet, or take it. All of it happens, or nothing.

Dying on any line leaves a row that is due again when its lease ends; a sheet that was taken is
never taken twice, for its end is written in the transaction that makes the merchants.
"""

from contextlib import suppress
from dataclasses import astuple
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from merchants.models import Merchant, MerchantImport, Store
from merchants.sheets.plan import FAULTS_LIMIT, Plan, make_plan
from merchants.sheets.reading import BadSheet, Fault, read_sheet
from tenancy.due_work import DueWork, LeaseLost
from tenancy.scope import acting, tenant_scope

_TOLD_EVERY = 100  # rows
_BATCH = 500  # rows of one INSERT
Status = MerchantImport.Status
IMPORTS = DueWork(
    model=MerchantImport,
    task="merchants.drive_import",
    every_seconds=2,
    lease=timedelta(minutes=10),
    related=("acquirer",),
)


def drive_import(import_id: UUID, *, acquirer_id: UUID) -> None:
    """Check or take a sheet that is due; nothing if it is not, or if somebody has it."""
    with tenant_scope(acquirer_id):
        row = IMPORTS.take(import_id)
        if row is None:
            return
        with acting(row.taken_by or row.brought_by, origin=row.public_id), suppress(LeaseLost):
            try:
                plan = _plan(row)
            except BadSheet as bad:
                plan = Plan(faults=list(bad.faults))
            _finish(row, plan)


def _plan(row: MerchantImport) -> Plan:
    if row.content is None:
        raise BadSheet(Fault(0, "", "The sheet is too old and was let go of; bring it again."))
    rows = read_sheet(bytes(row.content))
    IMPORTS.keep(row, rows_total=len(rows))

    def tell(done: int) -> None:
        if done % _TOLD_EVERY == 0:
            IMPORTS.keep(row, rows_done=done)

    return make_plan(row.acquirer, rows, progress=tell)


def _finish(row: MerchantImport, plan: Plan) -> None:
    try:
        with transaction.atomic():
            _write_down(row, plan)
    except IntegrityError:
        gone = Fault(0, "", "Somebody made one of these merchants or stores just now; check again.")
        with transaction.atomic():
            _write_down(row, Plan(faults=[gone]))


def _write_down(row: MerchantImport, plan: Plan) -> None:
    held = IMPORTS.hold(row)
    if held is None:
        return
    if plan.faults:
        held.status = Status.FAULTY
        held.faults = [list(astuple(fault)) for fault in plan.faults[:FAULTS_LIMIT]]
    elif held.status == Status.TAKING:
        Merchant.objects.bulk_create(plan.merchants, batch_size=_BATCH)
        Store.objects.bulk_create(plan.stores, batch_size=_BATCH)
        held.status, held.content = Status.DONE, None
    else:
        held.status = Status.READY
    held.merchants, held.stores = len(plan.merchants), len(plan.stores)
    held.unchanged = plan.unchanged
    held.rows_done, held.finished_at = max(held.rows_total, held.rows_done), clock.now()
    held.rest()
    held.save()
