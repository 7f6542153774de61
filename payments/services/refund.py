"""Asking for a refund: reserved under the payment's lock, so that many at once never exceed it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Sum

from api.idempotency import RequestKey
from api.once import once
from kernel import clock, ids
from kernel.errors import Conflict, FieldError
from merchants.gateways import get_gateway
from payments.models import Payment, Refund
from payments.services.background import in_background
from payments.services.caller import Caller
from payments.services.drive_refund import drive_refund
from payments.services.share import share
from payments.state import RefundStatus, Status


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund as a till orders it; ``amount_minor=None`` asks for all that is left."""

    amount_minor: int | None
    merchant_refund_reference: str | None
    reason: str | None
    idempotency_key: RequestKey | None = None


@dataclass(frozen=True, slots=True)
class RefundOpening:
    """The refund; ``is_replay`` if it was there before this request."""

    refund: Refund
    is_replay: bool


def create_refund(caller: Caller, payment_id: UUID, order: RefundOrder) -> RefundOpening:
    """Commit the refund, then start driving it in the background.

    The same reference or key with the same content answers with the refund that is there. Raises
    Payment.DoesNotExist, Conflict (``payment_not_succeeded``, ``nothing_left_to_refund``,
    ``refund_exceeds_payment``, ``refund_window_closed``, ``reference_reused``,
    ``idempotency_key_reused``).
    """
    opening = reserve_refund(caller, payment_id, order)
    if not opening.is_replay:
        start_refund(opening.refund)
    return opening


def reserve_refund(caller: Caller, payment_id: UUID, order: RefundOrder) -> RefundOpening:
    """Write the refund and nothing else: it is due, and ``start_refund`` or the sweep drives it.

    Raises as ``create_refund`` does.
    """
    made: list[Refund] = []

    def reserve() -> UUID:
        made.clear()
        payment = _lock(caller, payment_id)
        if (same := _find_same(caller, payment_id, order)) is not None:
            return same.id
        made.append(_reserve(caller, payment, order))
        return made[0].id

    try:
        done = once(order.idempotency_key, Refund.PREFIX, reserve)
    except IntegrityError:  # a request with the same reference has just committed: find it
        done = once(order.idempotency_key, Refund.PREFIX, reserve)
    if done.is_replay or not made:
        return RefundOpening(Refund.objects.get(id=done.object_id), is_replay=True)
    return RefundOpening(made[0], is_replay=False)


def check_refund(payment: Payment, order: RefundOrder) -> int:
    """The minor units that the order would give back now; raises Conflict as ``create_refund``."""
    return _amount(payment, order)


def start_refund(refund: Refund) -> None:
    """Drive a committed refund in the background."""
    refund_id, acquirer_id = refund.id, refund.acquirer_id
    in_background(lambda: drive_refund(refund_id, acquirer_id=acquirer_id))


def _lock(caller: Caller, payment_id: UUID) -> Payment:
    return Payment.objects.select_for_update(no_key=True).get(
        id=payment_id, livemode=caller.livemode
    )


def _reserve(caller: Caller, payment: Payment, order: RefundOrder) -> Refund:
    amount_minor = _amount(payment, order)
    present = clock.now()
    with clock.after(payment.changed_at):
        refund = _new_refund(caller, payment, order, amount_minor)
    refund.due_at = present  # at once, also where the payment was stamped a little ahead
    if payment.reduction_minor:
        _take_share(payment, refund)
    refund.save(force_insert=True)
    Payment.objects.filter(id=payment.id).update(
        refund_reserved_minor=payment.refund_reserved_minor + amount_minor
    )
    return refund


def _amount(payment: Payment, order: RefundOrder) -> int:
    if payment.status != Status.SUCCEEDED:
        raise Conflict(
            "payment_not_succeeded",
            f"Only a succeeded payment can be refunded; this one is {payment.public_status}.",
        )
    _check_window(payment)
    left = payment.refundable_minor
    if left == 0:
        raise Conflict("nothing_left_to_refund", "All of the payment was refunded already.")
    amount = left if order.amount_minor is None else order.amount_minor
    if amount > left:
        fault = FieldError("amount", "too_large", f"At most {left} is left to refund.")
        raise Conflict(
            "refund_exceeds_payment",
            f"{left} {payment.currency} minor units are left to refund.",
            errors=(fault,),
        )
    return amount


def _check_window(payment: Payment) -> None:
    """Alipay refunds within the contract's period only (barcode reference §3.4)."""
    account_id, acquirer_id = payment.partner_account_id, payment.acquirer_id
    days = get_gateway(account_id, acquirer_id=acquirer_id, version=None).refund_days
    if clock.now() >= (payment.completed_at or payment.created_at) + timedelta(days=days):
        raise Conflict(
            "refund_window_closed",
            f"Alipay refunds for {days} days after the payment; give the money back another way.",
        )


def _new_refund(caller: Caller, payment: Payment, order: RefundOrder, amount_minor: int) -> Refund:
    refund_id, now = ids.new_uuid(), clock.now()
    return Refund(
        id=refund_id,
        acquirer_id=payment.acquirer_id,
        merchant_id=payment.merchant_id,
        payment=payment,
        livemode=payment.livemode,
        status=RefundStatus.PROCESSING,
        due_at=now,
        amount_minor=amount_minor,
        currency=payment.currency,
        merchant_refund_reference=order.merchant_refund_reference,
        reason=order.reason,
        partner_refund_id=ids.encode("rfd", refund_id).replace("_", ""),
        created_at=now,
        created_by=caller.actor,
    )


def _take_share(payment: Payment, refund: Refund) -> None:
    """Its part of the reduction; the payment's lock keeps two refunds from the same part."""
    others = Refund.objects.filter(payment=payment).exclude(status=RefundStatus.FAILED)
    asked = payment.refund_reserved_minor + refund.amount_minor
    for name in ("reduction_minor", "reduction_borne_minor"):
        held = others.aggregate(held=Sum(name))["held"] or 0
        total = getattr(payment, name)
        part = share(total, charged=payment.amount_minor, asked=asked, held=held)
        setattr(refund, name, part)


def _find_same(caller: Caller, payment_id: UUID, order: RefundOrder) -> Refund | None:
    """The refund under this request's reference, or None; raises Conflict for other content."""
    if order.merchant_refund_reference is None:
        return None
    refund = Refund.objects.filter(
        livemode=caller.livemode, merchant_refund_reference=order.merchant_refund_reference
    ).first()
    if refund is not None:
        _check_same(refund, payment_id, order)
    return refund


def _check_same(refund: Refund, payment_id: UUID, order: RefundOrder) -> None:
    pairs = {
        "payment": (payment_id, refund.payment_id),
        "amount": (order.amount_minor or refund.amount_minor, refund.amount_minor),
        "reason": (order.reason, refund.reason),
    }
    differing = [name for name, (asked, kept) in pairs.items() if asked != kept]
    if differing:
        raise Conflict(
            "reference_reused",
            f"{refund.public_id} stands under this reference with other content; differing: "
            f"{', '.join(differing)}.",
            errors=tuple(FieldError(name, "differs", "Not the same.") for name in differing),
        )
