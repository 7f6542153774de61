"""Mending a contradiction (law 5): what Alipay took against our book goes back."""

from uuid import UUID

from connectors.base import Result
from kernel import clock, ids
from merchants.gateways import Gateway
from payments import schedule
from payments.models import Attempt, Payment
from payments.services.apply import apply_event
from payments.services.attempts import answer_attempt, open_attempt
from payments.services.breaks import hand_to_person
from payments.services.interpret import find_event
from payments.services.steps import CANCEL, REVERSE, Step
from payments.state import Event, Status
from tenancy.fragments import Fragment, run
from tenancy.postgres import release_connection

# Ends that leave no money with us: if Alipay has or may get some, it must go back.
MENDED = frozenset({Status.FAILED, Status.CANCELED})


def mend(payment: Payment, gateway: Gateway, actor: str) -> None:
    """Alipay has taken, or may still take, money that our book does not have: give it back.

    By a cancel, and where Alipay refuses that as too late, by a refund of the whole amount. What
    brings no end leaves the payment due: it is repeated at the next verification.
    """
    if _try(CANCEL, payment, gateway, actor) is Event.CANCEL_REFUSED:
        _try(REVERSE, payment, gateway, actor)


def _try(step: Step, payment: Payment, gateway: Gateway, actor: str) -> Event | None:
    """What one call came to; None where it ends nothing."""
    attempt_id = ids.new_uuid()
    _open_mending(payment, step.kind, attempt_id)
    release_connection()
    outcome = step.call(payment, gateway)
    event = find_event(step.kind, outcome)
    if event is None or event is Event.CANCEL_REFUSED:
        run([answer_attempt(attempt_id, outcome, clock.now())], tail="SELECT 1")
        if step is REVERSE and outcome.result is Result.FAILED:
            hand_to_person(payment)
    else:
        apply_event(
            payment,
            event,
            actor=actor,
            interval_seconds=gateway.query_interval_seconds,
            attempt_id=attempt_id,
            outcome=outcome,
        )
    return event


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
