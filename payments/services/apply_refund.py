"""The one writer of a refund's status; the payment's sums, history, event and books go with it."""

from typing import Any
from uuid import UUID

import structlog

from connectors.base import Outcome
from events.outbox import publish
from events.types import EventType
from kernel import clock, ids
from ledger.posting import fragments as book
from payments import members, reductions
from payments.models import Refund
from payments.postings import post_refund
from payments.presentation import show_refund
from payments.services import breaks, wake
from payments.services.attempts import answer_attempt
from payments.state import (
    BreakKind,
    IllegalTransition,
    RefundEvent,
    RefundStatus,
    next_refund_status,
)
from tenancy.fragments import Fragment, run

log = structlog.get_logger(__name__)

_MOVE = """
UPDATE payments_refund
   SET status = %(moved_to)s, due_at = NULL, claim = NULL,
       completed_at = %(moved_at)s::timestamptz, failure_code = %(moved_failure_code)s::text,
       scheme_code = %(moved_scheme_code)s::text
 WHERE id = %(moved_id)s::uuid AND status = %(moved_from)s
RETURNING id, acquirer_id, merchant_id, livemode, payment_id, amount_minor
"""
# A confirmed refund moves from reserved to refunded; a refused one is free to be asked for again.
_SUMS = """
UPDATE payments_payment p
   SET refunded_minor = refunded_minor
           + CASE WHEN %(sums_confirmed)s::boolean THEN moved.amount_minor ELSE 0 END,
       refund_reserved_minor = refund_reserved_minor
           - CASE WHEN %(sums_confirmed)s::boolean THEN 0 ELSE moved.amount_minor END
  FROM moved WHERE p.id = moved.payment_id
RETURNING p.id, p.amount_minor, p.refunded_minor
"""
_TRANSITION = """
INSERT INTO payments_transition
       (id, acquirer_id, merchant_id, payment_id, refund_id, attempt_id, from_status, event,
        to_status, actor, created_at)
SELECT %(step_id)s::uuid, acquirer_id, merchant_id, payment_id, id, %(step_attempt)s::uuid,
       %(step_from)s, %(step_event)s, %(step_to)s, %(step_actor)s, %(step_at)s::timestamptz
  FROM moved
"""
_PUBLIC_EVENTS = {
    RefundStatus.SUCCEEDED: EventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: EventType.REFUND_FAILED,
}


def apply_refund_event(
    refund: Refund, event: RefundEvent, *, actor: str, attempt_id: UUID, outcome: Outcome
) -> bool:
    """Let ``event`` happen to ``refund``; True if its status changed.

    ``refund`` is brought up to date. News that contradicts an end is logged and changes nothing.
    """
    with clock.after(refund.created_at):
        return _apply(refund, event, actor, attempt_id, outcome)


def _apply(
    refund: Refund, event: RefundEvent, actor: str, attempt_id: UUID, outcome: Outcome
) -> bool:
    old, now = RefundStatus(refund.status), clock.now()
    answer = answer_attempt(attempt_id, outcome, now)
    try:
        new = next_refund_status(old, event)
    except IllegalTransition as refusal:
        log.error("contradiction", refund=refund.public_id, reason=str(refusal))
        breaks.open_break(
            refund.payment,
            BreakKind.REFUND_CONTRADICTED,
            theirs=breaks.said(event.value, outcome),
            refund=refund,
        )
        new = old
    if new is old:
        run([answer], tail="SELECT count(*) FROM answer")
        return False
    _set(refund, new, event, outcome)
    row = run(
        [_moved(refund, old, new), answer, *_with_it(refund, old, new, event, actor, attempt_id)],
        tail="SELECT count(*) FROM moved",
    )
    if row is None or row[0] != 1:  # another worker was first, with the same news
        refund.refresh_from_db()
        return False
    wake.announce_end(refund.id)
    return True


def _set(refund: Refund, new: RefundStatus, event: RefundEvent, outcome: Outcome) -> None:
    refund.status, refund.due_at, refund.claim = new.value, None, None
    refund.completed_at = clock.now()
    refund.scheme_code = outcome.code[:64] if outcome.code else refund.scheme_code
    if event is RefundEvent.REFUSED:
        refund.failure_code = outcome.failure_code or "refund_declined"


def _moved(refund: Refund, old: RefundStatus, new: RefundStatus) -> Fragment:
    values: dict[str, Any] = {
        "id": refund.id,
        "from": old.value,
        "to": new.value,
        "at": refund.completed_at,
        "failure_code": refund.failure_code,
        "scheme_code": refund.scheme_code,
    }
    return Fragment("moved", _MOVE, {f"moved_{name}": value for name, value in values.items()})


def _with_it(
    refund: Refund,
    old: RefundStatus,
    new: RefundStatus,
    event: RefundEvent,
    actor: str,
    attempt_id: UUID,
) -> list[Fragment]:
    step = {
        "id": ids.new_uuid(),
        "attempt": attempt_id,
        "from": old.value,
        "event": event.value,
        "to": new.value,
        "actor": actor,
        "at": refund.completed_at,
    }
    is_confirmed = new is RefundStatus.SUCCEEDED
    parts = [
        Fragment("sums", _SUMS, {"sums_confirmed": is_confirmed}),
        Fragment("step", _TRANSITION, {f"step_{name}": value for name, value in step.items()}),
        publish(_PUBLIC_EVENTS[new], payload=show_refund(refund), source="moved"),
    ]
    if is_confirmed:
        parts.extend(reductions.refund(refund.payment, refund))
        parts.extend(members.follow_refund(refund))
        for number, posting in enumerate(post_refund(refund, refund.payment), start=1):
            parts.extend(
                book(posting, acquirer_id=refund.acquirer_id, source="moved", number=number)
            )
    return parts
