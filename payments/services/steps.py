"""What is asked of the scheme when a payment is due: one table of statuses and calls."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.base import Outcome
from merchants.gateways import Gateway
from payments.models import Attempt, Payment
from payments.services.give_back import give_back
from payments.state import Status


def _query(payment: Payment, gateway: Gateway) -> Outcome:
    return gateway.connector.query(partner_trans_id=payment.partner_trans_id, amount=payment.amount)


def _cancel(payment: Payment, gateway: Gateway) -> Outcome:
    return gateway.connector.cancel(partner_trans_id=payment.partner_trans_id)


def _reverse(payment: Payment, gateway: Gateway) -> Outcome:
    """Give the whole amount back under an id of its own, the same at every repeat."""
    return give_back(
        gateway,
        partner_trans_id=payment.partner_trans_id,
        partner_refund_id=f"rev{payment.partner_trans_id}",
        amount=payment.amount,
        reason="reversal of an unconfirmed payment",
        at_once=True,  # nobody asked for this payment: it is not to wait for a night
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
