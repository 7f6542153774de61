"""What a change of a payment brings with it: next due time, failure, public event. No writes."""

from dataclasses import dataclass
from datetime import datetime

from connectors.base import Outcome, Result
from events.types import EventType
from payments import schedule
from payments.contradictions import contradiction
from payments.models import Payment
from payments.state import ENDED, BreakKind, Event, Status

# The public event of a change; what is not listed is no news for the merchant.
PUBLIC_EVENTS: dict[tuple[Status, Status], EventType] = {
    (Status.PROCESSING, Status.SUCCEEDED): EventType.PAYMENT_SUCCEEDED,
    (Status.PROCESSING, Status.FAILED): EventType.PAYMENT_FAILED,
    (Status.CANCELING, Status.CANCELED): EventType.PAYMENT_CANCELED,
    (Status.REVERSING, Status.CANCELED): EventType.PAYMENT_CANCELED,
    (Status.TAKING_BACK, Status.CANCELED): EventType.PAYMENT_CANCELED,
    (Status.TAKING_BACK, Status.SUCCEEDED): EventType.PAYMENT_CANCEL_REFUSED,
}


# After these Alipay itself calls the trade over: there is nothing left to verify.
_SETTLED = frozenset({Event.CLOSED, Event.REVERSED})
# After these no money is with us: what contradicted a failed or canceled payment is mended.
_GIVEN_BACK = _SETTLED | {Event.CANCEL_CONFIRMED}


@dataclass(frozen=True, slots=True)
class Consequences:
    """The columns that change with the status, and the break that opens or ends."""

    due_at: datetime | None
    verify_until: datetime | None
    completed_at: datetime | None
    changed_at: datetime | None  # None: no change that anybody is told of
    failure_code: str | None
    public_event: EventType | None
    opens_break: BreakKind | None
    ends_break: bool


def foresee(
    payment: Payment,
    event: Event,
    new: Status,
    *,
    outcome: Outcome | None,
    now: datetime,
    present: datetime,
    interval_seconds: int,
) -> Consequences:
    """What happens with ``payment`` when ``event`` makes it ``new``.

    ``now`` is the stamp of the change; ``present``, from which due times count, may be a little
    before it (kernel.clock.after).
    """
    old = Status(payment.status)
    verify = _verify_until(payment, event, new, outcome, now)
    opens = contradiction(payment, event)
    ends = payment.has_open_break and opens is None and _settles(old, event, new)
    return Consequences(
        due_at=_due_at(payment, event, new, verify, present, interval_seconds),
        verify_until=verify,
        completed_at=_completed_at(payment, old, new, now),
        changed_at=now if old is not new or opens or ends else None,
        failure_code=_failure_code(payment, event, new, outcome),
        public_event=None if old is new else PUBLIC_EVENTS.get((old, new)),
        opens_break=opens,
        ends_break=ends,
    )


def _settles(old: Status, event: Event, new: Status) -> bool:
    """Do both sides say the same again?"""
    if old is new:
        return event in _GIVEN_BACK and new in {Status.FAILED, Status.CANCELED}
    return new in ENDED


def _verify_until(
    payment: Payment, event: Event, new: Status, outcome: Outcome | None, now: datetime
) -> datetime | None:
    """A confirmed cancel that names no trade may have come before the pay it was to stop."""
    if event in _SETTLED:
        return None
    if new is not Status.CANCELED or event is not Event.CANCEL_CONFIRMED:
        return payment.verify_until
    if outcome is not None and outcome.cancel_action:
        return None
    if payment.verify_until is not None:
        return payment.verify_until
    # A code that was shown can be scanned until it is over, if Alipay lets it.
    shown_until = payment.expires_at if payment.qr_code else now
    return schedule.verify_until(max(now, shown_until))


def _due_at(
    payment: Payment,
    event: Event,
    new: Status,
    verify: datetime | None,
    now: datetime,
    interval_seconds: int,
) -> datetime | None:
    old = Status(payment.status)
    if new in ENDED:
        if old is new and event is Event.PAID and new is not Status.SUCCEEDED:
            return now  # the money must go back
        if new is Status.SUCCEEDED or verify is None or verify <= now:
            return None
        return schedule.next_verification(now, ended_at=payment.completed_at or now)
    if old is new and event is not Event.CANCEL_REQUESTED:
        return schedule.next_repeat(
            now, since=payment.expires_at, interval_seconds=interval_seconds
        )
    return now


def _completed_at(payment: Payment, old: Status, new: Status, now: datetime) -> datetime | None:
    if old is new or new not in ENDED:
        return payment.completed_at
    if old is Status.TAKING_BACK and new is Status.SUCCEEDED:
        return payment.completed_at
    return now


def _failure_code(
    payment: Payment, event: Event, new: Status, outcome: Outcome | None
) -> str | None:
    """Of the payment as it will be; a payment on its way to `canceled` carries the reason."""
    if new is Status.SUCCEEDED:
        return None
    if payment.failure_code is not None:
        return payment.failure_code
    if event is Event.DECLINED:
        return (outcome and outcome.failure_code) or "payment_declined"
    if event is Event.CLOSED:
        return "payer_action_timeout"
    if event is Event.CANCEL_REQUESTED:
        return "canceled_by_merchant"
    if event is Event.DEADLINE_PASSED:
        return "payer_action_timeout" if _lets_wait(payment, outcome) else "scheme_unavailable"
    if event is Event.NOT_SHOWN:
        return "scheme_unavailable"
    return None


def _lets_wait(payment: Payment, outcome: Outcome | None) -> bool:
    """Does Alipay say that it waits for the customer: to confirm, or to scan the code?"""
    if outcome is None:
        return False
    is_not_scanned = payment.qr_code is not None and outcome.is_trade_missing
    return outcome.result is Result.PENDING or is_not_scanned
