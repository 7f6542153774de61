"""Driving a payment in doubt to its end: claim the row, ask the scheme, apply the answer; repeat.

One worker drives a payment at a time: the claim moves ``due_at`` to the end of a lease, and a
worker that dies in the middle is replaced when the lease ends. Nothing is locked while Alipay
thinks.
"""

from datetime import datetime
from uuid import UUID

from connectors.base import Outcome, Result
from kernel import clock, ids
from merchants.gateways import Gateway, get_gateway
from payments import schedule
from payments.models import Attempt, Payment
from payments.services import wake
from payments.services.apply import apply_event
from payments.services.breaks import note_contradiction, open_break, said
from payments.services.claim import claim_payment
from payments.services.doubt import note_doubt
from payments.services.interpret import find_event
from payments.services.mend import MENDED, mend
from payments.services.rest import rest_payment
from payments.services.steps import STEPS
from payments.services.unasked import event_without_answer
from payments.state import BreakKind, Event, Status
from tenancy.postgres import release_connection
from tenancy.prepared import prepared
from tenancy.scope import tenant_scope

_STEPS_LIMIT = 4  # a query, a cancel, and what the cancel may lead to; the rest comes when due


@prepared()
def drive_payment(payment_id: UUID, *, acquirer_id: UUID, actor: str = "driver") -> None:
    """Do what is due for the payment; nothing if it is not due or another worker has it."""
    with tenant_scope(acquirer_id):
        for _ in range(_STEPS_LIMIT):
            due_at = rest_payment(payment_id, acquirer_id)
            due_at = due_at or _drive_once(payment_id, acquirer_id, actor)
            if due_at is None or due_at > clock.now():
                break
        if due_at is None:
            return
        wake.wake_driver(wake.DRIVE_PAYMENT, payment_id, acquirer_id=acquirer_id, due_at=due_at)


def _drive_once(payment_id: UUID, acquirer_id: UUID, actor: str) -> datetime | None:
    """One claim and one call; when the payment is due next, None if nothing is owed by us."""
    attempt_id = ids.new_uuid()
    claimed = claim_payment(payment_id, attempt_id)
    if claimed is None:
        return None
    payment = claimed.payment
    gateway = get_gateway(
        payment.partner_account_id, acquirer_id=acquirer_id, version=claimed.account_version
    )
    _take_step(payment, gateway, attempt_id, actor)
    return payment.due_at


def _take_step(payment: Payment, gateway: Gateway, attempt_id: UUID, actor: str) -> None:
    status = Status(payment.status)
    step = STEPS[status]
    release_connection()
    outcome = step.call(payment, gateway)
    note_contradiction(payment, outcome)
    event = _event_of(payment, step.kind, outcome)
    if event is None:
        _wait(payment, gateway, attempt_id, outcome)
    else:
        interval = gateway.query_interval_seconds
        apply_event(
            payment,
            event,
            actor=actor,
            interval_seconds=interval,
            attempt_id=attempt_id,
            outcome=outcome,
        )
    if status in MENDED and outcome.result in {Result.SUCCEEDED, Result.PENDING}:
        mend(payment, gateway, actor)


def _event_of(payment: Payment, kind: Attempt.Kind, outcome: Outcome) -> Event | None:
    return find_event(kind, outcome) or event_without_answer(payment, clock.now())


def _wait(payment: Payment, gateway: Gateway, attempt_id: UUID, outcome: Outcome) -> None:
    if payment.status == Status.REVERSING and outcome.result is Result.FAILED:
        _note_refusal(payment, outcome)
    now = clock.now()
    payment.due_at = _next_due(payment, outcome, gateway.query_interval_seconds, now)
    note_doubt(payment.id, attempt_id=attempt_id, outcome=outcome, due_at=payment.due_at, now=now)


def _note_refusal(payment: Payment, outcome: Outcome) -> None:
    """The money must go back, and Alipay says no: it is asked again, and people are told."""
    if not payment.has_open_break:
        open_break(payment, BreakKind.REVERSAL_REFUSED, theirs=said("refused", outcome))


def _next_due(
    payment: Payment, outcome: Outcome, interval_seconds: int, now: datetime
) -> datetime | None:
    if payment.status == Status.PROCESSING:
        return schedule.next_query(
            now, expires_at=payment.expires_at, interval_seconds=interval_seconds
        )
    if payment.has_ended and outcome.is_trade_missing:
        if payment.verify_until is None or payment.verify_until <= now:
            return None
        return schedule.next_verification(now, ended_at=payment.completed_at or now)
    return schedule.next_repeat(now, since=payment.expires_at, interval_seconds=interval_seconds)
