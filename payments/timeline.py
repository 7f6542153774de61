"""One payment's story from every table that knows a part of it, in the order of the moments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.models import Event
from events.selectors import Told, deliveries_of
from kernel.money import Money
from payments.models import Attempt, Break, Notification, Payment, Refund, Transition
from payments.state import PUBLIC, RefundStatus, Status

ROWS_LIMIT = 500  # of each kind, the newest; a payment in doubt for days has many attempts


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. ``evidence`` is for staff; ``details`` for everybody.

    ``kind`` is one of created, attempt, answer, transition, notification, refund, break, event,
    delivery.
    """

    at: datetime
    kind: str
    actor: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)


def tell(payment: Payment) -> list[Moment]:
    """Everything that is known of ``payment``, oldest first; needs a scope that sees it."""
    refunds = _newest(Refund.objects.filter(payment=payment))
    breaks = _newest(Break.objects.filter(payment=payment))
    moments = [
        _begun(payment),
        *_calls(Attempt.objects.filter(payment=payment)),
        *_changes(Transition.objects.filter(payment=payment)),
        *map(_asked, refunds),
        *_notices(Notification.objects.filter(payment=payment)),
        *_differences(breaks),
        *_told_of([payment.id, *(row.id for row in refunds), *(row.id for row in breaks)]),
    ]
    return sorted(moments, key=lambda moment: moment.at)  # stable: causes come before effects


def tell_refund(refund: Refund) -> list[Moment]:
    """The part of its payment's story that is the refund's own, oldest first."""
    moments = [
        _asked(refund),
        *_calls(Attempt.objects.filter(refund=refund)),
        *_changes(Transition.objects.filter(refund=refund)),
        *_differences(_newest(Break.objects.filter(refund=refund))),
        *_told_of([refund.id]),
    ]
    return sorted(moments, key=lambda moment: moment.at)


def _newest(rows: Any) -> list[Any]:
    return list(reversed(rows.order_by("-id")[:ROWS_LIMIT]))


def _begun(payment: Payment) -> Moment:
    return Moment(
        payment.created_at,
        "created",
        payment.created_by or "till",
        f"payment of {payment.amount} as {payment.merchant_reference}{_less(payment)}",
        {
            "partner_trans_id": payment.partner_trans_id,
            "mode": payment.mode,
            "payment_code": payment.payment_code_masked,
        },
    )


def _less(payment: Payment) -> str:
    """What made it cheaper: ``, HKD 125.50 less HKD 5.00 (coupon)``."""
    if not payment.reductions:
        return ""
    whole = Money(payment.ordered_minor, payment.currency)
    less = (f"{Money(r['amount'], payment.currency)} ({r['kind']})" for r in payment.reductions)
    return f", {whole} less {' less '.join(less)}"


def _calls(rows: Any) -> Iterator[Moment]:
    for row in _newest(rows):
        yield Moment(
            row.created_at, "attempt", "tillgate", f"{row.kind} begun",
            {"attempt": row.public_id}, {"request": row.request, "endpoint": row.endpoint},
        )  # fmt: skip
        if row.answered_at is not None:
            yield _answer(row)


def _answer(row: Attempt) -> Moment:
    said = " ".join(filter(None, (row.result, row.code, row.error)))
    return Moment(
        row.answered_at or row.created_at,
        "answer",
        "alipay" if row.http_status is not None else "tillgate",
        f"{row.kind} after {row.duration_ms} ms: {said}",
        {"attempt": row.public_id, "result": row.result, "code": row.code},
        {"http_status": row.http_status, "response": row.response},
    )


def _changes(rows: Any) -> Iterator[Moment]:
    for row in _newest(rows):
        what = "payment" if row.refund_id is None else "refund"
        yield Moment(
            row.created_at,
            "transition",
            row.actor,
            f"{what}: {row.from_status} -> {row.to_status} ({row.event})",
            {"from": row.from_status, "event": row.event, "to": row.to_status},
        )


def _asked(row: Refund) -> Moment:
    return Moment(
        row.created_at,
        "refund",
        row.created_by or "till",
        f"refund of {row.amount}, now {row.status}",
        {"refund": row.public_id, "partner_refund_id": row.partner_refund_id},
    )


def _notices(rows: Any) -> Iterator[Moment]:
    for row in _newest(rows):
        yield Moment(
            row.created_at,
            "notification",
            "alipay",
            f"{row.action or 'notification'} {row.trade_status}, received {row.times_received} x",
            {"notify_id": row.notify_id},
            {"body": row.body},
        )


def _differences(rows: list[Break]) -> Iterator[Moment]:
    for row in rows:
        sides = {"break": row.public_id, "ours": row.ours, "theirs": row.theirs}
        yield Moment(row.created_at, "break", "tillgate", f"break opened: {row.kind}", sides)
        if row.ended_at is not None:
            how = row.resolution or row.outcome
            text = f"break {row.status}: {row.kind} ({how})"
            who = row.resolved_by or "tillgate"
            yield Moment(row.ended_at, "break", who, text, {"break": row.public_id})


def _told_of(about: list[Any]) -> Iterator[Moment]:
    for row in _newest(Event.objects.filter(object_id__in=about)):
        yield Moment(row.created_at, "event", "tillgate", row.type, {"event": row.public_id})
    for told in deliveries_of(*about):
        yield from _tries(told)


def _tries(told: Told) -> Iterator[Moment]:
    """Each time that an endpoint was told, and what it has answered."""
    details = {"event": told.event.public_id, "delivery": told.delivery.public_id}
    for each in told.tries:
        said = each.error or f"answered {each.http_status}"
        yield Moment(
            each.created_at,
            "delivery",
            "tillgate",
            f"{told.event.type} to {told.delivery.endpoint}: {said} after {each.duration_ms} ms",
            details | {"http_status": each.http_status},
            {"answer": each.answer},
        )


def summarize(payment: Payment) -> str:
    """One sentence on how the payment stands, for the head of the story."""
    status = Status(payment.status)
    shown = PUBLIC[status]
    inner = "" if shown == status.value else f" ({status.value})"
    open_refunds = payment.refunds.filter(status=RefundStatus.PROCESSING).count()
    refunds = f"; {open_refunds} refunds in doubt" if open_refunds else ""
    refunded = Money(payment.refunded_minor, payment.currency)
    back = f", {refunded} refunded" if payment.refunded_minor else ""
    due = f"; due {payment.due_at:%Y-%m-%dT%H:%M:%S.%fZ}" if payment.due_at else ""
    return f"{payment.public_id} is {shown}{inner}: {payment.amount}{back}{refunds}{due}"
