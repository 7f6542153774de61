"""The life of a payment and of a refund: two tables. No Django, no I/O; nothing else decides.

A status says what *is*, an event says what *happened*.
"""

from enum import StrEnum


class Status(StrEnum):
    """Where a payment stands. The API shows ``PUBLIC``, which has fewer words."""

    PROCESSING = "processing"  # Alipay was asked, or is about to be; in doubt until it says
    CANCELING = "canceling"  # in doubt and to be stopped: the cancel is repeated until confirmed
    REVERSING = "reversing"  # paid, unwanted and no longer cancellable: given back by a refund
    TAKING_BACK = "taking_back"  # paid, and the merchant asked for a cancel
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Event(StrEnum):
    """What can happen to a payment."""

    PAID = "paid"  # Alipay: the money is taken
    DECLINED = "declined"  # Alipay: not taken, and never will be
    CLOSED = "closed"  # Alipay: the trade is closed; no money is with us
    DEADLINE_PASSED = "deadline_passed"
    NOT_SHOWN = "not_shown"  # the till got no code to show: nobody can pay any more
    CANCEL_REQUESTED = "cancel_requested"  # by the merchant
    CANCEL_CONFIRMED = "cancel_confirmed"  # Alipay: stopped, or given back
    CANCEL_REFUSED = "cancel_refused"  # Alipay: it cannot be cancelled any more
    REVERSED = "reversed"  # Alipay: the whole amount was refunded


class IllegalTransition(RuntimeError):
    """The event cannot happen to something in this status."""


S, E = Status, Event

# fmt: off
TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (S.PROCESSING,  E.PAID):             S.SUCCEEDED,
    (S.PROCESSING,  E.DECLINED):         S.FAILED,
    (S.PROCESSING,  E.CLOSED):           S.FAILED,       # the customer let it expire
    (S.PROCESSING,  E.DEADLINE_PASSED):  S.CANCELING,
    (S.PROCESSING,  E.NOT_SHOWN):        S.CANCELING,
    (S.PROCESSING,  E.CANCEL_REQUESTED): S.CANCELING,

    (S.CANCELING,   E.PAID):             S.CANCELING,    # a late success is still to be undone
    (S.CANCELING,   E.DECLINED):         S.CANCELED,
    (S.CANCELING,   E.CLOSED):           S.CANCELED,
    (S.CANCELING,   E.CANCEL_CONFIRMED): S.CANCELED,
    (S.CANCELING,   E.CANCEL_REFUSED):   S.REVERSING,
    (S.CANCELING,   E.DEADLINE_PASSED):  S.CANCELING,
    (S.CANCELING,   E.CANCEL_REQUESTED): S.CANCELING,

    (S.REVERSING,   E.REVERSED):         S.CANCELED,
    (S.REVERSING,   E.CLOSED):           S.CANCELED,
    (S.REVERSING,   E.DECLINED):         S.CANCELED,
    (S.REVERSING,   E.CANCEL_CONFIRMED): S.CANCELED,
    (S.REVERSING,   E.CANCEL_REFUSED):   S.REVERSING,
    (S.REVERSING,   E.PAID):             S.REVERSING,
    (S.REVERSING,   E.CANCEL_REQUESTED): S.REVERSING,

    (S.SUCCEEDED,   E.PAID):             S.SUCCEEDED,    # the same news again
    (S.SUCCEEDED,   E.CLOSED):           S.SUCCEEDED,    # all refunded, else a contradiction
    (S.SUCCEEDED,   E.CANCEL_REQUESTED): S.TAKING_BACK,

    (S.TAKING_BACK, E.CANCEL_CONFIRMED): S.CANCELED,
    (S.TAKING_BACK, E.CLOSED):           S.CANCELED,
    (S.TAKING_BACK, E.CANCEL_REFUSED):   S.SUCCEEDED,    # too late: the merchant refunds instead
    (S.TAKING_BACK, E.PAID):             S.TAKING_BACK,
    (S.TAKING_BACK, E.CANCEL_REQUESTED): S.TAKING_BACK,

    # An end stays. News that contradicts it is noted, and mended with Alipay (law 5).
    (S.FAILED,      E.DECLINED):         S.FAILED,
    (S.FAILED,      E.CLOSED):           S.FAILED,
    (S.FAILED,      E.CANCEL_CONFIRMED): S.FAILED,
    (S.FAILED,      E.REVERSED):         S.FAILED,
    (S.FAILED,      E.PAID):             S.FAILED,       # contradiction
    (S.CANCELED,    E.DECLINED):         S.CANCELED,
    (S.CANCELED,    E.CLOSED):           S.CANCELED,
    (S.CANCELED,    E.CANCEL_CONFIRMED): S.CANCELED,
    (S.CANCELED,    E.CANCEL_REQUESTED): S.CANCELED,
    (S.CANCELED,    E.REVERSED):         S.CANCELED,
    (S.CANCELED,    E.PAID):             S.CANCELED,     # contradiction
}

PUBLIC: dict[Status, str] = {
    S.PROCESSING:  "processing",
    S.CANCELING:   "processing",
    S.REVERSING:   "processing",
    S.TAKING_BACK: "processing",
    S.SUCCEEDED:   "succeeded",
    S.FAILED:      "failed",
    S.CANCELED:    "canceled",
}
# fmt: on

ENDED = frozenset({S.SUCCEEDED, S.FAILED, S.CANCELED})


class BreakKind(StrEnum):
    """In what Alipay's truth and ours part; payments/contradictions.py has the words for each."""

    PAID_AFTER_FAILED = "paid_after_failed"
    PAID_AFTER_CANCELED = "paid_after_canceled"
    CLOSED_AFTER_PAID = "closed_after_paid"
    OTHER_AMOUNT = "other_amount"  # a signed answer about our trade with another amount
    OTHER_TRADE = "other_trade"  # a signed answer to our question about somebody else's trade
    REVERSAL_REFUSED = "reversal_refused"  # money to be given back, and Alipay will not
    REFUND_CONTRADICTED = "refund_contradicted"  # the refund's end is not what Alipay says now


# Our end stays in the book, Alipay says otherwise.
CONTRADICTIONS: dict[tuple[Status, Event], BreakKind] = {
    (S.FAILED, E.PAID): BreakKind.PAID_AFTER_FAILED,
    (S.CANCELED, E.PAID): BreakKind.PAID_AFTER_CANCELED,
    (S.SUCCEEDED, E.CLOSED): BreakKind.CLOSED_AFTER_PAID,
}


def next_status(current: Status, event: Event) -> Status:
    """The status after ``event``; raises IllegalTransition for a pair that is not in the table."""
    try:
        return TRANSITIONS[current, event]
    except KeyError:
        raise IllegalTransition(f"a payment that is {current} cannot be {event}") from None


class RefundStatus(StrEnum):
    """Where a refund stands, in the API's own words."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundEvent(StrEnum):
    """What can happen to a refund."""

    CONFIRMED = "confirmed"  # Alipay: given back
    REFUSED = "refused"  # Alipay: not given back, and never will be


# fmt: off
REFUND_TRANSITIONS: dict[tuple[RefundStatus, RefundEvent], RefundStatus] = {
    (RefundStatus.PROCESSING, RefundEvent.CONFIRMED): RefundStatus.SUCCEEDED,
    (RefundStatus.PROCESSING, RefundEvent.REFUSED):   RefundStatus.FAILED,
    (RefundStatus.SUCCEEDED,  RefundEvent.CONFIRMED): RefundStatus.SUCCEEDED,
    (RefundStatus.FAILED,     RefundEvent.REFUSED):   RefundStatus.FAILED,
}
# fmt: on


def next_refund_status(current: RefundStatus, event: RefundEvent) -> RefundStatus:
    """The status after ``event``; raises IllegalTransition for a pair that is not in the table."""
    try:
        return REFUND_TRANSITIONS[current, event]
    except KeyError:
        raise IllegalTransition(f"a refund that is {current} cannot be {event}") from None
