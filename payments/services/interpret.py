"""What an answer of the scheme means for a payment or refund: two tables, nothing else."""

from connectors.base import Outcome, Result
from payments.models import Attempt
from payments.state import Event, RefundEvent

K, R = Attempt.Kind, Result

# An answer that is not listed leaves the payment in doubt: unknown is never failed (law 3).
# fmt: off
EVENTS: dict[tuple[Attempt.Kind, Result], Event] = {
    (K.PAY,    R.SUCCEEDED): Event.PAID,
    (K.PAY,    R.FAILED):    Event.DECLINED,
    (K.PRESENT, R.FAILED):   Event.DECLINED,   # and SUCCEEDED is a code to show, no end
    (K.QUERY,  R.SUCCEEDED): Event.PAID,
    (K.QUERY,  R.FAILED):    Event.CLOSED,
    (K.CANCEL, R.SUCCEEDED): Event.CANCEL_CONFIRMED,
    (K.CANCEL, R.FAILED):    Event.CANCEL_REFUSED,
    (K.REFUND, R.SUCCEEDED): Event.REVERSED,   # the refund of a payment that is being reversed
}

REFUND_EVENTS: dict[tuple[Attempt.Kind, Result], RefundEvent] = {
    (K.REFUND,       R.SUCCEEDED): RefundEvent.CONFIRMED,
    (K.REFUND,       R.FAILED):    RefundEvent.REFUSED,
    (K.REFUND_QUERY, R.SUCCEEDED): RefundEvent.CONFIRMED,
    (K.REFUND_QUERY, R.FAILED):    RefundEvent.REFUSED,
}
# fmt: on


def find_event(kind: Attempt.Kind, outcome: Outcome) -> Event | None:
    """What happened to the payment; None if the answer ends nothing."""
    return EVENTS.get((kind, outcome.result))


def find_refund_event(kind: Attempt.Kind, outcome: Outcome) -> RefundEvent | None:
    """What happened to the refund; None if the answer ends nothing."""
    return REFUND_EVENTS.get((kind, outcome.result))
