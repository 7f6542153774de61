"""Cancelling at the merchant's wish: stop a payment in doubt, or take a paid one back.

A paid one can be taken back while Alipay's window is open and nothing was refunded (§3.3).
"""

from django.db import IntegrityError

from api import kept_keys
from api.idempotency import RequestKey
from connectors.alipay import rules
from kernel import clock
from kernel.errors import Conflict
from merchants.gateways import get_gateway
from payments.models import Payment
from payments.services.apply import apply_event
from payments.services.background import in_background
from payments.services.caller import Caller
from payments.services.drive import drive_payment
from payments.state import Event, Status


def cancel_payment(caller: Caller, payment: Payment, key: RequestKey | None = None) -> bool:
    """Ask for the cancel and start driving it; True if ``key`` says that it was asked for before.

    Then nothing happens again. ``payment`` is brought up to date. Raises Conflict:
    ``payment_failed`` (nothing was taken), ``cancel_window_closed`` (refund instead),
    ``refund_exists`` (refund the rest instead), ``idempotency_key_reused``.
    """
    if kept_keys.find(key) is not None:
        return True
    try:
        _ask(caller, payment, key)
    except IntegrityError:  # a request with the same key was first, at the same instant
        if kept_keys.find(key) is None:
            raise
        return True
    if not payment.has_ended:
        payment_id, acquirer_id = payment.id, payment.acquirer_id
        in_background(lambda: drive_payment(payment_id, acquirer_id=acquirer_id))
    return False


def _ask(caller: Caller, payment: Payment, key: RequestKey | None) -> None:
    gateway = get_gateway(payment.partner_account_id, acquirer_id=payment.acquirer_id, version=None)
    apply_event(
        payment,
        Event.CANCEL_REQUESTED,
        actor=caller.actor,
        interval_seconds=gateway.query_interval_seconds,
        guard=check_can_cancel,
        along=[] if key is None else [kept_keys.keep(key, Payment.PREFIX, source="moved")],
    )


def check_can_cancel(payment: Payment) -> None:
    """Raise Conflict, as ``cancel_payment`` does, for a payment that cannot be cancelled now."""
    if payment.status == Status.FAILED:
        raise Conflict("payment_failed", "The payment has failed; there is nothing to cancel.")
    if payment.status != Status.SUCCEEDED:
        return
    if payment.refund_reserved_minor:
        raise Conflict("refund_exists", "Part of it was refunded; refund the rest instead.")
    if clock.now() >= rules.cancel_window_closes_at(payment.created_at):
        raise Conflict(
            "cancel_window_closed", "Alipay cancels on the same Beijing day only; refund instead."
        )
