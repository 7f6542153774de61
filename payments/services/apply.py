"""The one writer of a payment's status: news comes in, one statement goes to the database.

The statement is a compare-and-set: it changes the row only if the status is still the one that the
change was computed from, and writes history, event and books only if the row changed. Two actors
with the same news write once; two with different news are put in order by the state table.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from connectors.base import Outcome, Result, TradeFacts
from events.outbox import publish
from kernel import clock, ids
from ledger.posting import fragments as book
from payments.models import Payment
from payments.postings import post_payment
from payments.presentation import show_payment
from payments.services import breaks, wake
from payments.services.attempts import answer_attempt
from payments.services.consequences import Consequences, foresee
from payments.state import Event, IllegalTransition, Status, next_status
from tenancy.fragments import Fragment, run

log = structlog.get_logger(__name__)

_RACES_LIMIT = 8  # each lost race means that another actor moved the payment on

_FACTS = (
    "scheme_transaction_id",
    "payer_account",
    "payer_wallet",
    "payer_amount_minor",
    "payer_currency",
    "exchange_rate",
)
_MOVE = f"""
UPDATE payments_payment
   SET status = %(moved_to)s, claim = NULL, due_at = %(moved_due_at)s::timestamptz,
       completed_at = %(moved_completed_at)s::timestamptz,
       verify_until = %(moved_verify_until)s::timestamptz,
       failure_code = %(moved_failure_code)s::text,
       scheme_code = COALESCE(%(moved_scheme_code)s::text, scheme_code),
       discount_minor = COALESCE(%(moved_discount_minor)s::bigint, discount_minor),
       has_open_break = COALESCE(%(moved_has_open_break)s::boolean, has_open_break),
       {", ".join(f"{name} = COALESCE(%(moved_{name})s, {name})" for name in _FACTS)}
 WHERE id = %(moved_id)s::uuid AND status = %(moved_from)s
   AND (%(moved_to)s <> '{Status.TAKING_BACK}' OR refund_reserved_minor = 0)
RETURNING id, acquirer_id, merchant_id, livemode
"""  # noqa: S608 - column names of this file
_TRANSITION = """
INSERT INTO payments_transition
       (id, acquirer_id, merchant_id, payment_id, attempt_id, from_status, event, to_status, actor,
        created_at)
SELECT %(step_id)s::uuid, acquirer_id, merchant_id, id, %(step_attempt)s::uuid, %(step_from)s,
       %(step_event)s, %(step_to)s, %(step_actor)s, %(step_at)s::timestamptz
  FROM moved
"""


def apply_event(
    payment: Payment,
    event: Event,
    *,
    actor: str,
    interval_seconds: int,
    attempt_id: UUID | None = None,
    outcome: Outcome | None = None,
    guard: Callable[[Payment], None] | None = None,
    along: Sequence[Fragment] = (),
) -> bool:
    """Let ``event`` happen to ``payment``; True if its status or due time changed.

    ``payment`` is brought up to date in any case. ``guard`` is called with it before each try
    and may refuse by raising: it sees the row as it is, also after a lost race. ``along`` is
    written in the same statement, from the row that ``moved`` returns. News that the
    state table does not know for the payment's status is logged and changes nothing.
    """
    for _ in range(_RACES_LIMIT):
        if guard is not None:
            guard(payment)
        old, now = Status(payment.status), clock.now()
        try:
            new = next_status(old, event)
        except IllegalTransition as refusal:
            log.warning("news_ignored", payment=payment.public_id, reason=str(refusal))
            run([answer_attempt(attempt_id, outcome, now)], tail="SELECT count(*) FROM answer")
            return False
        result = foresee(
            payment, event, new, outcome=outcome, now=now, interval_seconds=interval_seconds
        )
        breaking = _breaks(payment, event, result, outcome, now)
        moved = _moved(payment, old, new, result, outcome, breaking)
        parts = [moved, answer_attempt(attempt_id, outcome, now)]
        if old is not new or result.opens_break:
            parts.append(_transition(old, event, new, actor, attempt_id, now))
        preview = _updated(payment, moved.params)
        if result.public_event is not None:
            payload = show_payment(preview)
            parts.append(publish(result.public_event, payload=payload, source="moved"))
        parts.extend(breaking)
        parts.extend(along)
        if (posting := post_payment(payment, old, new)) is not None:
            parts.extend(book(posting, acquirer_id=payment.acquirer_id, source="moved"))
        row = run(parts, tail="SELECT count(*) FROM moved")
        if row is not None and row[0] == 1:
            _adopt(payment, preview)
            _tell(payment, result)
            return True
        payment.refresh_from_db()
    raise RuntimeError(f"{payment.public_id} kept changing while {event} was applied")


def _breaks(
    payment: Payment, event: Event, result: Consequences, outcome: Outcome | None, now: datetime
) -> list[Fragment]:
    if result.opens_break is not None:
        difference = breaks.found(
            payment, result.opens_break, theirs=breaks.said(event.value, outcome), now=now
        )
        return breaks.opening(difference, source="moved")
    return breaks.ending(payment, event, now=now) if result.ends_break else []


def _moved(
    payment: Payment,
    old: Status,
    new: Status,
    result: Consequences,
    outcome: Outcome | None,
    breaking: list[Fragment],
) -> Fragment:
    # What Alipay says of the trade moves with the status alone, so that the row never says more
    # than its event did; what comes later is evidence, in the attempts.
    told = outcome if old is not new else None
    values: dict[str, Any] = {
        "id": payment.id,
        "from": old.value,
        "to": new.value,
        "due_at": result.due_at,
        "completed_at": result.completed_at,
        "verify_until": result.verify_until,
        "failure_code": result.failure_code,
        "scheme_code": _refusal_code(told),
        "has_open_break": result.opens_break is not None if breaking else None,
        **_facts(told),
    }
    return Fragment("moved", _MOVE, {f"moved_{name}": value for name, value in values.items()})


def _refusal_code(outcome: Outcome | None) -> str | None:
    """The scheme's own word for why not; a success is no reason."""
    if outcome is None or outcome.code is None or outcome.result is Result.SUCCEEDED:
        return None
    return outcome.code[:64]


def _facts(outcome: Outcome | None) -> dict[str, Any]:
    """What the scheme said of the trade; amounts only once the customer has paid them."""
    trade = outcome.trade if outcome else TradeFacts()
    is_paid = outcome is not None and outcome.result is Result.SUCCEEDED
    paid = trade.payer_amount if is_paid else None
    discount = trade.merchant_discount if is_paid else None
    return {
        "scheme_transaction_id": trade.scheme_transaction_id,
        "payer_account": trade.payer_account,
        "payer_wallet": trade.wallet,
        "payer_amount_minor": paid.minor if paid else None,
        "payer_currency": paid.currency if paid else None,
        "exchange_rate": trade.exchange_rate if is_paid else None,
        "discount_minor": discount.minor if discount else None,
    }


def _transition(
    old: Status, event: Event, new: Status, actor: str, attempt_id: UUID | None, now: datetime
) -> Fragment:
    return Fragment(
        "step",
        _TRANSITION,
        {
            "step_id": ids.new_uuid(),
            "step_attempt": attempt_id,
            "step_from": old.value,
            "step_event": event.value,
            "step_to": new.value,
            "step_actor": actor,
            "step_at": now,
        },
    )


_ALWAYS = ("due_at", "completed_at", "verify_until", "failure_code")
_IF_KNOWN = ("scheme_code", "discount_minor", "has_open_break", *_FACTS)


def _updated(payment: Payment, params: dict[str, Any]) -> Payment:
    """A copy of ``payment`` as the statement leaves the row, without reading it back."""
    after = copy(payment)
    after.status, after.claim = params["moved_to"], None
    for name in _ALWAYS:
        setattr(after, name, params[f"moved_{name}"])
    for name in _IF_KNOWN:
        if (value := params[f"moved_{name}"]) is not None:
            setattr(after, name, value)
    return after


def _adopt(payment: Payment, after: Payment) -> None:
    for name in ("status", "claim", *_ALWAYS, *_IF_KNOWN):
        setattr(payment, name, getattr(after, name))


def _tell(payment: Payment, result: Consequences) -> None:
    if result.opens_break is not None:
        log.error("break_opened", payment=payment.public_id, kind=result.opens_break.value)
    if payment.has_ended:
        wake.announce_end(payment.id)
