"""Opening and ending breaks, each with its public event, in the statement of what causes it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from psycopg.types.json import Jsonb

from connectors.base import Outcome
from events.outbox import publish
from events.types import EventType
from kernel import clock, ids
from payments.contradictions import EXPLANATIONS
from payments.models import Break, Payment, Refund
from payments.presentation import show_break
from payments.state import BreakKind, Event
from tenancy.fragments import Fragment, run

log = structlog.get_logger(__name__)

# The platform cannot bring these to an end: a person resolves them.
_LEFT_TO_PEOPLE = (BreakKind.CLOSED_AFTER_PAID, BreakKind.REFUND_CONTRADICTED)

# One break is open per payment: what else comes meanwhile stands in the payment's timeline.
_OPENED = """
INSERT INTO payments_break
       (id, acquirer_id, merchant_id, payment_id, refund_id, livemode, kind, status, needs_person,
        ours, theirs, outcome, created_at)
SELECT %(opened_id)s::uuid, acquirer_id, merchant_id, id, %(opened_refund)s::uuid, livemode,
       %(opened_kind)s, 'open', %(opened_needs_person)s, %(opened_ours)s::jsonb,
       %(opened_theirs)s::jsonb, '', %(opened_at)s::timestamptz
  FROM {source}
ON CONFLICT DO NOTHING
RETURNING id, acquirer_id, merchant_id, livemode
"""
_FLAGGED = """
UPDATE payments_payment SET has_open_break = true WHERE id = %(flagged_id)s::uuid
RETURNING id, acquirer_id, merchant_id, livemode
"""
_MENDED = """
UPDATE payments_break SET status = 'mended', outcome = %(mended_outcome)s,
       ended_at = %(mended_at)s::timestamptz
  FROM moved
 WHERE payments_break.id = %(mended_id)s::uuid AND payments_break.status = 'open'
RETURNING payments_break.id, payments_break.acquirer_id, payments_break.merchant_id,
          payments_break.livemode
"""


def said(news: str, outcome: Outcome | None) -> dict[str, Any]:
    """What Alipay says, as evidence: in its own code, of which trade, and when."""
    evidence: dict[str, Any] = {"says": news}
    if outcome is None:
        return evidence
    evidence |= {
        "code": outcome.code,
        "transaction_id": outcome.trade.scheme_transaction_id,
        "message": outcome.message,
        **(outcome.contradiction.said if outcome.contradiction else {}),
    }
    return {name: value for name, value in evidence.items() if value is not None}


def found(
    payment: Payment,
    kind: BreakKind,
    *,
    theirs: dict[str, Any],
    now: datetime,
    refund: Refund | None = None,
) -> Break:
    """The break as it would stand; nothing is written."""
    ours: dict[str, Any] = {
        "says": payment.public_status if refund is None else refund.status,
        "amount": payment.amount_minor if refund is None else refund.amount_minor,
        "currency": payment.currency,
    }
    return Break(
        id=ids.new_uuid(),
        acquirer_id=payment.acquirer_id,
        merchant_id=payment.merchant_id,
        payment_id=payment.id,
        refund=refund,
        livemode=payment.livemode,
        kind=kind.value,
        needs_person=EXPLANATIONS[kind].needs_person,
        ours=ours,
        theirs=theirs,
        created_at=now,
    )


def opening(difference: Break, *, source: str) -> list[Fragment]:
    """Open it and tell the merchant, if ``source`` returned the payment's row."""
    params: dict[str, Any] = {
        "id": difference.id,
        "refund": difference.refund_id,
        "kind": difference.kind,
        "needs_person": difference.needs_person,
        "ours": Jsonb(difference.ours),
        "theirs": Jsonb(difference.theirs),
        "at": difference.created_at,
    }
    opened = Fragment(
        "opened",
        _OPENED.format(source=source),
        {f"opened_{name}": value for name, value in params.items()},
    )
    told = publish(
        EventType.BREAK_OPENED, payload=show_break(difference), source="opened", name="told"
    )
    return [opened, told]


def open_break(
    payment: Payment, kind: BreakKind, *, theirs: dict[str, Any], refund: Refund | None = None
) -> None:
    """Open a break that changes no status; nothing happens while another is open.

    ``payment.has_open_break`` is brought up to date.
    """
    with clock.after(payment.changed_at):
        difference = found(payment, kind, theirs=theirs, now=clock.now(), refund=refund)
        flagged = Fragment("flagged", _FLAGGED, {"flagged_id": payment.id})
        parts = [flagged, *opening(difference, source="flagged")]
        row = run(parts, tail="SELECT count(*) FROM opened")
    payment.has_open_break = True
    if row is not None and row[0]:
        log.error("break_opened", payment=payment.public_id, kind=kind.value)


def note_contradiction(payment: Payment, outcome: Outcome, refund: Refund | None = None) -> None:
    """Open a break if the scheme's signed answer was about something else than we had asked."""
    if outcome.contradiction is None or payment.has_open_break:
        return
    kind = BreakKind(outcome.contradiction.kind)
    open_break(payment, kind, theirs=said("something else", outcome), refund=refund)


_HAND_OVER = """
UPDATE payments_break SET needs_person = true
 WHERE payment_id = %(payment)s AND status = 'open' AND NOT needs_person
"""


def hand_to_person(payment: Payment) -> None:
    """The platform's own mending was refused: it goes on trying, and somebody should look."""
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, {"payment": payment.id})


def ending(payment: Payment, event: Event, *, now: datetime) -> list[Fragment]:
    """End the open break and tell the merchant, if ``moved`` returned the payment's row."""
    difference = _find_open(payment.id)
    if difference is None:
        return []
    difference.status, difference.outcome = Break.Status.MENDED, event.value
    difference.ended_at = now
    mended = Fragment(
        "mended",
        _MENDED,
        {"mended_id": difference.id, "mended_outcome": event.value, "mended_at": now},
    )
    told = publish(
        EventType.BREAK_MENDED, payload=show_break(difference), source="mended", name="told"
    )
    return [mended, told]


def _find_open(payment_id: UUID) -> Break | None:
    rows = Break.objects.filter(payment_id=payment_id, status=Break.Status.OPEN)
    return rows.exclude(kind__in=_LEFT_TO_PEOPLE).first()
