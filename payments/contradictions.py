"""When Alipay's truth and ours part: what it means, what the platform does, what people must do."""

from dataclasses import dataclass

from payments.models import Payment
from payments.state import CONTRADICTIONS, BreakKind, Event, Status


@dataclass(frozen=True, slots=True)
class Explanation:
    """The plain words of one kind of break, for the merchant's people and the acquirer's staff."""

    message: str
    done: str  # what the platform does about it by itself
    left: str  # what is left for a person while it is open; "" where nothing is

    @property
    def needs_person(self) -> bool:
        return bool(self.left)


_NOT_BELIEVED = "The answer counts as none: the driver queries on, and cancels at the deadline."
_GIVES_BACK = "The platform cancels the trade at Alipay, or refunds it where that is too late."

EXPLANATIONS: dict[BreakKind, Explanation] = {
    BreakKind.PAID_AFTER_FAILED: Explanation(
        "Alipay took the customer's money after this payment had ended as failed. The payment "
        "stays failed: hand nothing out for it. The customer gets the money back.",
        done=_GIVES_BACK,
        left="",
    ),
    BreakKind.PAID_AFTER_CANCELED: Explanation(
        "Alipay took the customer's money after this payment had been canceled. The payment "
        "stays canceled: hand nothing out for it. The customer gets the money back.",
        done=_GIVES_BACK,
        left="",
    ),
    BreakKind.CLOSED_AFTER_PAID: Explanation(
        "Alipay says that this paid payment is closed: its money went back to the customer "
        "without a cancel or refund of ours. The payment stays succeeded until your acquirer "
        "has found out why.",
        done="Nothing: no call can take the money again.",
        left="Ask Alipay who gave the money back; then book the loss or ask the customer again.",
    ),
    BreakKind.OTHER_AMOUNT: Explanation(
        "Alipay answered with another amount or currency than was asked for. Its answer is not "
        "believed; the payment goes on being queried, and is canceled at its deadline.",
        done=_NOT_BELIEVED,
        left="",
    ),
    BreakKind.OTHER_TRADE: Explanation(
        "Alipay answered about another trade than the one it was asked about. Its answer is not "
        "believed; the payment goes on being queried, and is canceled at its deadline.",
        done=_NOT_BELIEVED,
        left="",
    ),
    BreakKind.REVERSAL_REFUSED: Explanation(
        "The customer's money must go back, and Alipay refuses to give it back. The payment is "
        "not paid: hand nothing out for it.",
        done="The platform repeats the request, at most once a minute.",
        left="Have Alipay give the money back (often: fund the account), citing its trade number.",
    ),
    BreakKind.REFUND_CONTRADICTED: Explanation(
        "Alipay now says something else about this refund than when it ended. The refund stays "
        "as it ended.",
        done="Nothing: a refund cannot be undone.",
        left="Compare the refund with Alipay's file, and correct the books.",
    ),
}


def contradiction(payment: Payment, event: Event) -> BreakKind | None:
    """In what ``event`` contradicts the payment's end; None if it does not."""
    kind = CONTRADICTIONS.get((Status(payment.status), event))
    if kind is BreakKind.CLOSED_AFTER_PAID and payment.refundable_minor == 0:
        return None  # Alipay closes a trade whose whole amount was refunded
    return kind
