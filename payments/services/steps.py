"""What is asked of the scheme when a payment is due: one table of statuses and calls."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.alipay import rules
from connectors.base import Outcome, RefundRequest
from kernel import clock
from merchants.gateways import Gateway
from payments.models import Attempt, Payment
from payments.state import Status


def _query(payment: Payment, gateway: Gateway) -> Outcome:
    return gateway.connector.query(partner_trans_id=payment.partner_trans_id, amount=payment.amount)


def _cancel(payment: Payment, gateway: Gateway) -> Outcome:
    return gateway.connector.cancel(partner_trans_id=payment.partner_trans_id)


def _reverse(payment: Payment, gateway: Gateway) -> Outcome:
    """Give the whole amount back under an id of its own, the same at every repeat."""
    return gateway.connector.refund(
        RefundRequest(
            partner_trans_id=payment.partner_trans_id,
            partner_refund_id=f"rev{payment.partner_trans_id}",
            amount=payment.amount,
            reason="reversal of an unconfirmed payment",
            notify_url=gateway.notify_url,
            # At night Alipay gives nothing back at once, but takes note of what to give back.
            is_synchronous=not rules.is_refund_blackout(clock.now()),
        )
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
