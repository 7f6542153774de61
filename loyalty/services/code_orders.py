"""Orders of codes: few are made at once, many by workers, batch by batch; exactly so many.

The tables say what is owed (law 7). A worker that dies in a batch leaves nothing of it, one that
dies between two leaves an order that is due again when its lease ends. Two at one order take turns
by its lock, and each batch adds what it has made to the order's own count.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from kernel import clock
from kernel.errors import Conflict, FieldError, Rejected
from loyalty.campaign_state import CodeOrderStatus
from loyalty.models import Campaign, CodeOrder
from loyalty.services.issue import AT_ONCE, check_goes_on, is_over, issue_codes
from tenancy.due_work import TOO_OFTEN, LimitedWork
from tenancy.scope import acting, tenant_scope

COUNT_LIMIT = 1_000_000  # codes of one order
MAKING_LIMIT = 5  # orders of one acquirer at once
BATCH_LIMIT = 2000  # codes of one transaction
BATCHES = 1000  # in one task; a larger order is due again
ORDERS = LimitedWork(
    model=CodeOrder,
    task="loyalty.make_codes",
    every_seconds=3,
    lease=timedelta(seconds=60),
    related=("campaign",),
    tries_limit=5,  # that end a worker before its first batch
)


def order_codes(campaign: Campaign, count: int, *, by: str) -> CodeOrder:
    """Order so many unique codes, each for one use; up to AT_ONCE are there when this returns.

    Raises Rejected naming ``count``, Conflict ``campaign_over``, and ``too_many_code_orders`` while
    MAKING_LIMIT of the acquirer's are being made.
    """
    if not 1 <= count <= COUNT_LIMIT:
        fault = FieldError("count", "out_of_range", f"1 to {COUNT_LIMIT:,} codes.")
        raise Rejected("invalid_request", "Please correct: count.", errors=(fault,))
    check_goes_on(campaign)
    if (
        CodeOrder.objects.filter(
            acquirer_id=campaign.acquirer_id, status=CodeOrderStatus.MAKING
        ).count()
        >= MAKING_LIMIT
    ):
        raise Conflict("too_many_code_orders", "Five orders are being made: wait for one of them.")
    with transaction.atomic():
        row = CodeOrder.objects.create(
            acquirer_id=campaign.acquirer_id,
            campaign=campaign,
            count=count,
            ordered_by=by[:128],
            due_at=clock.now(),
        )
        while count <= AT_ONCE and row.made_count < count:
            _make(row, count - row.made_count)
    return row


def stop_order(order: CodeOrder, *, why: str) -> CodeOrder:
    """Make no more; what was made stays. Raises Conflict ``code_order_ended``."""
    with transaction.atomic():
        row = ORDERS.lock(order.id)
        if row.status != CodeOrderStatus.MAKING:
            raise Conflict("code_order_ended", "Its codes are made, or it was stopped.")
        _end(row, CodeOrderStatus.STOPPED, why)
    return row


def make_codes(order_id: UUID, *, acquirer_id: UUID) -> int:
    """Make what a due order still owes; how many codes. Nothing if another worker has it."""
    with tenant_scope(acquirer_id):
        return ORDERS.go_on(order_id, make_batch, steps=BATCHES)


def make_batch(order: CodeOrder) -> int | None:
    """The next codes; how many. None: it has ended, or is another's."""
    with transaction.atomic():
        row = ORDERS.hold(order)
        if row is None:
            return None
        if is_over(row.campaign):
            _end(row, CodeOrderStatus.STOPPED, gettext_noop("The campaign ended first."))
            return None
        if ORDERS.is_one_too_many(row):
            _end(row, CodeOrderStatus.STOPPED, TOO_OFTEN)
            return None
        with acting(row.ordered_by, origin=row.public_id):
            return _make(row, min(BATCH_LIMIT, row.count - row.made_count))


def _make(row: CodeOrder, count: int) -> int:
    made = issue_codes(row.campaign, count, issued_by=row.ordered_by, order_id=row.id)
    row.made_count += made
    if row.made_count == row.count:
        _end(row, CodeOrderStatus.MADE)
    else:
        ORDERS.renew(row)
        row.save()
    return made


def _end(row: CodeOrder, status: CodeOrderStatus, why: str = "") -> None:
    row.status, row.failure, row.finished_at = status, why, clock.now()
    row.rest()
    row.save()
