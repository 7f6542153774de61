"""Driving a payment in doubt to its end: claim the row, ask the scheme, apply the answer; repeat.

One worker drives a payment at a time: the claim moves ``due_at`` to the end of a lease, and a
worker that dies in the middle is replaced when the lease ends. Nothing is locked while Alipay
thinks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from connectors.base import Outcome, RefundRequest, Result
from kernel import clock, ids
from merchants.gateways import Gateway, get_gateway
from payments import schedule
from payments.models import Attempt, Payment
from payments.services import wake
from payments.services.apply import apply_event
from payments.services.attempts import answer_attempt, open_attempt
from payments.services.breaks import hand_to_person, note_contradiction, open_break, said
from payments.services.doubt import note_doubt
from payments.services.interpret import find_event
from payments.state import BreakKind, Event, Status
from tenancy.fragments import Fragment, run
from tenancy.postgres import release_connection
from tenancy.scope import tenant_scope

_STEPS_LIMIT = 4  # a query, a cancel, and what the cancel may lead to; the rest comes when due


def _query(payment: Payment, gateway: Gateway) -> Outcome:
    return gateway.connector.query(partner_trans_id=payment.partner_trans_id, amount=payment.amount)


def _cancel(payment: Payment, gateway: Gateway) -> Outcome:
    return gateway.connector.cancel(partner_trans_id=payment.partner_trans_id)


def _reverse(payment: Payment, gateway: Gateway) -> Outcome:
    """Give the whole amount back under an id of its own, the same at every repeat."""
    return gateway.connector.refund(
        RefundRequest(
            partner_trans_id=payment.partner_trans_id,
            partner_refund_id=f"rev{payment.partner_trans_id}",
            amount=payment.amount,
            reason="reversal of an unconfirmed payment",
            notify_url=gateway.notify_url,
            is_synchronous=True,
        )
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One call that a status asks for."""

    kind: Attempt.Kind
    call: Callable[[Payment, Gateway], Outcome]


QUERY = Step(Attempt.Kind.QUERY, _query)
CANCEL = Step(Attempt.Kind.CANCEL, _cancel)
REVERSE = Step(Attempt.Kind.REFUND, _reverse)

# What is asked when a payment of this status is due. An ended payment is due only while its end
# is still checked against Alipay's (law 5): a query, and if Alipay has taken money, the mending.
STEPS: dict[Status, Step] = {
    Status.PROCESSING: QUERY,
    Status.CANCELING: CANCEL,
    Status.TAKING_BACK: CANCEL,
    Status.REVERSING: REVERSE,
    Status.SUCCEEDED: QUERY,
    Status.FAILED: QUERY,
    Status.CANCELED: QUERY,
}


def drive_payment(payment_id: UUID, *, acquirer_id: UUID, actor: str = "driver") -> None:
    """Do what is due for the payment; nothing if it is not due or another worker has it."""
    with tenant_scope(acquirer_id):
        for _ in range(_STEPS_LIMIT):
            due_at = _drive_once(payment_id, acquirer_id, actor)
            if due_at is None or due_at > clock.now():
                break
        if due_at is None:
            return
        wake.wake_driver(wake.DRIVE_PAYMENT, payment_id, acquirer_id=acquirer_id, due_at=due_at)


def _drive_once(payment_id: UUID, acquirer_id: UUID, actor: str) -> datetime | None:
    """One claim and one call; when the payment is due next, None if nothing is owed by us."""
    attempt_id = ids.new_uuid()
    payment = claim_payment(payment_id, attempt_id)
    if payment is None:
        return None
    gateway = get_gateway(payment.partner_account_id, acquirer_id=acquirer_id, version=None)
    _take_step(payment, gateway, attempt_id, actor)
    return payment.due_at


_KIND_OF_STATUS = " ".join(f"WHEN '{status}' THEN '{step.kind}'" for status, step in STEPS.items())
_CLAIM = """
UPDATE payments_payment
   SET claim = %(claimed_by)s::uuid, due_at = %(claimed_until)s::timestamptz
 WHERE id = %(claimed_id)s::uuid AND due_at <= %(claimed_due)s::timestamptz
RETURNING *
"""
_ATTEMPT = f"""
INSERT INTO payments_attempt (id, acquirer_id, merchant_id, payment_id, kind, created_at)
SELECT claim, acquirer_id, merchant_id, id, CASE status {_KIND_OF_STATUS} END,
       %(try_at)s::timestamptz
  FROM claimed
"""  # noqa: S608 - words of this file


def claim_payment(payment_id: UUID, attempt_id: UUID) -> Payment | None:
    """The payment, if it is due and now held under ``attempt_id`` until the lease ends."""
    now = clock.now()
    params = {
        "claimed_by": attempt_id,
        "claimed_until": schedule.lease_ends(now),
        "claimed_id": payment_id,
        "claimed_due": now + schedule.SLACK,
    }
    claimed = Fragment("claimed", _CLAIM, params)
    attempt = Fragment("attempt", _ATTEMPT, {"try_at": now})
    row = run([claimed, attempt], tail="SELECT id FROM claimed")
    return None if row is None else Payment.objects.get(id=payment_id)


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
        _mend(payment, gateway, actor)


# Ends that leave no money with us: if Alipay has or may get some, it must go back.
MENDED = frozenset({Status.FAILED, Status.CANCELED})


def _event_of(payment: Payment, kind: Attempt.Kind, outcome: Outcome) -> Event | None:
    event = find_event(kind, outcome)
    if event is not None or payment.status != Status.PROCESSING:
        return event
    now = clock.now()
    if now >= payment.expires_at:
        return Event.DEADLINE_PASSED
    if payment.lacks_code and schedule.is_presenting_over(now, since=payment.created_at):
        return Event.NOT_SHOWN  # whoever asked for the code died, or still waits in vain
    return None


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


def _mend(payment: Payment, gateway: Gateway, actor: str) -> None:
    """Alipay has taken, or may still take, money that our book does not have: give it back."""
    for step in (CANCEL, REVERSE):
        attempt_id = ids.new_uuid()
        _open_mending(payment, step.kind, attempt_id)
        release_connection()
        outcome = step.call(payment, gateway)
        event = find_event(step.kind, outcome)
        if event is None or event is Event.CANCEL_REFUSED:
            run([answer_attempt(attempt_id, outcome, clock.now())], tail="SELECT 1")
            if step is REVERSE and outcome.result is Result.FAILED:
                hand_to_person(payment)
            if event is None:
                return  # still due: repeated at the next verification
            continue
        apply_event(
            payment,
            event,
            actor=actor,
            interval_seconds=gateway.query_interval_seconds,
            attempt_id=attempt_id,
            outcome=outcome,
        )
        return


_HOLD = """
UPDATE payments_payment
   SET claim = %(held_by)s::uuid, due_at = %(held_until)s::timestamptz
 WHERE id = %(held_id)s::uuid RETURNING id, acquirer_id, merchant_id
"""


def _open_mending(payment: Payment, kind: Attempt.Kind, attempt_id: UUID) -> None:
    now = clock.now()
    held = Fragment(
        "held",
        _HOLD,
        {"held_by": attempt_id, "held_until": schedule.lease_ends(now), "held_id": payment.id},
    )
    run([held, open_attempt(attempt_id, kind, now=now, source="held")], tail="SELECT 1")
    payment.due_at = schedule.lease_ends(now)
