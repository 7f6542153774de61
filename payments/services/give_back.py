"""Asking the scheme to give money back: at once, or noted down now and done later (§3.4)."""

from connectors.alipay import rules
from connectors.base import Outcome, RefundRequest
from kernel import clock
from kernel.money import Money
from merchants.gateways import Gateway


def give_back(
    gateway: Gateway,
    *,
    partner_trans_id: str,
    partner_refund_id: str,
    amount: Money,
    reason: str | None,
    at_once: bool,
) -> Outcome:
    """The answer to one refund call; a repeat carries the same ids and the same amount.

    PENDING: noted down, and Alipay gives the money back later. So without ``at_once``, and at the
    hours of the night when Alipay gives nothing back at once.
    """
    return gateway.connector.refund(
        RefundRequest(
            partner_trans_id=partner_trans_id,
            partner_refund_id=partner_refund_id,
            amount=amount,
            reason=reason,
            notify_url=gateway.notify_url,
            is_synchronous=at_once and not rules.is_refund_blackout(clock.now()),
        )
    )
