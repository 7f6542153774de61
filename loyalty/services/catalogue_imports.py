"""Sheets of products: brought, checked by a worker, and, if a person says so, taken whole.

Dying on any line leaves a row that is due again when its lease ends. A sheet that was taken is
never taken twice: its end is written in the transaction that makes the products.
"""

import hashlib
from contextlib import suppress
from dataclasses import astuple
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.errors import Conflict
from loyalty.models import CatalogueImport, Product
from loyalty.product_sheet import COLUMNS, FAULTS_LIMIT, ROWS_LIMIT, Plan, plan_products
from merchants.models import Merchant
from merchants.sheets.reading import BYTES_LIMIT, BadSheet, Fault, read_sheet
from tenancy.due_work import DueWork, LeaseLost
from tenancy.saving import faulty
from tenancy.scope import acting, platform_scope, tenant_scope

KEPT = timedelta(days=7)  # a sheet that nobody took
_TOLD_EVERY = 500  # rows
_BATCH = 1000  # rows of one statement
_FORGOTTEN_AT_ONCE = 20
_FIELDS = ("name", "category", "currency", "price_minor", "cost_minor", "is_active")
_FORGET = """
UPDATE loyalty_catalogueimport SET content = NULL
 WHERE id IN (SELECT id FROM loyalty_catalogueimport
               WHERE content IS NOT NULL AND due_at IS NULL AND created_at < %s LIMIT %s)
"""
Status = CatalogueImport.Status
CATALOGUES = DueWork(
    model=CatalogueImport,
    task="loyalty.drive_catalogue_import",
    every_seconds=3,
    lease=timedelta(minutes=10),
)


def bring_catalogue(
    merchant: Merchant, *, file_name: str, content: bytes, actor: str
) -> CatalogueImport:
    """Keep the sheet and have it checked; raises Rejected for an empty or too large file."""
    if not content:
        raise faulty("file", "The file is empty.")
    if len(content) > BYTES_LIMIT:
        raise faulty("file", f"The file is larger than {BYTES_LIMIT // 1024**2} MB.")
    return CatalogueImport.objects.create(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        file_name=file_name[-128:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        brought_by=actor[:128],
        due_at=clock.now(),
    )


def take_catalogue(import_id: UUID, *, actor: str) -> CatalogueImport:
    """Have it taken, whole; raises Conflict ``import_not_ready`` unless it was found good."""
    with transaction.atomic():
        row = CatalogueImport.objects.select_for_update(no_key=True, of=("self",)).get(id=import_id)
        if row.status != Status.READY:
            raise Conflict("import_not_ready", f"This sheet is not ready: {row.status}.")
        row.status, row.taken_by = Status.TAKING, actor[:128]
        row.due_at, row.rows_done = clock.now(), 0
        row.save()
    return row


def drive_catalogue(import_id: UUID, *, acquirer_id: UUID) -> None:
    """Check or take a sheet that is due; nothing if it is not, or if somebody has it."""
    with tenant_scope(acquirer_id):
        row = CATALOGUES.take(import_id)
        if row is None:
            return
        with acting(row.taken_by or row.brought_by, origin=row.public_id), suppress(LeaseLost):
            try:
                plan = _plan(row)
            except BadSheet as bad:
                plan = Plan(faults=list(bad.faults))
            _finish(row, plan)


def sweep_catalogues() -> int:
    """Hand out the sheets that are due, and let go of old ones; how many were handed out."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_FORGET, [clock.now() - KEPT, _FORGOTTEN_AT_ONCE])
    return CATALOGUES.hand_out_due()


def _plan(row: CatalogueImport) -> Plan:
    if row.content is None:
        raise BadSheet(Fault(0, "", "The sheet is too old and was let go of; bring it again."))
    rows = read_sheet(bytes(row.content), COLUMNS, rows_limit=ROWS_LIMIT)
    CATALOGUES.keep(row, rows_total=len(rows))

    def tell(done: int) -> None:
        if done % _TOLD_EVERY == 0:
            CATALOGUES.keep(row, rows_done=done)

    skus = {each.cells["sku"] for each in rows if "sku" in each.cells}
    found = Product.objects.filter(merchant_id=row.merchant_id, sku__in=skus)
    known = {product.sku: product for product in found.iterator(chunk_size=_BATCH)}
    plan = plan_products(rows, known, progress=tell)
    for product in plan.added:
        product.acquirer_id, product.merchant_id = row.acquirer_id, row.merchant_id
    return plan


def _finish(row: CatalogueImport, plan: Plan) -> None:
    try:
        with transaction.atomic():
            _write_down(row, plan)
    except IntegrityError:
        gone = Fault(0, "", "Somebody made one of these products just now; check again.")
        with transaction.atomic():
            _write_down(row, Plan(faults=[gone]))


def _write_down(row: CatalogueImport, plan: Plan) -> None:
    held = CATALOGUES.hold(row)
    if held is None:
        return
    if plan.faults:
        held.status = Status.FAULTY
        held.faults = [list(astuple(fault)) for fault in plan.faults[:FAULTS_LIMIT]]
    elif held.status == Status.TAKING:
        Product.objects.bulk_create(plan.added, batch_size=_BATCH)
        Product.objects.bulk_create(
            plan.changed,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_FIELDS,
        )
        held.status, held.content = Status.DONE, None
    else:
        held.status = Status.READY
    held.added, held.changed = len(plan.added), len(plan.changed)
    held.unchanged = plan.unchanged
    held.rows_done, held.finished_at = max(held.rows_total, held.rows_done), clock.now()
    held.rest()
    held.save()
