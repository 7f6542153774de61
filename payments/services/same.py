"""Which payment a request repeats: by its Idempotency-Key, else by its merchant_reference."""

from uuid import UUID

from api import kept_keys
from kernel.errors import Conflict, FieldError
from merchants.authentication import Principal
from payments.models import Payment
from payments.services.order import PaymentOrder, differing_fields


def find_same(principal: Principal, order: PaymentOrder) -> Payment | None:
    """The payment that ``order`` repeats, or None; from now on its key names that payment, too.

    Raises Conflict where key or reference belong to another request: ``idempotency_key_reused``,
    ``reference_reused``.
    """
    if not _is_at_its_place(principal, order.store_id, order.terminal_id):
        return None  # the key of a store or terminal learns nothing of others
    mine = Payment.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)
    if (payment_id := kept_keys.find(order.idempotency_key)) is not None:
        return _of_this_place(principal, mine.get(id=payment_id))
    payment = mine.filter(merchant_reference=order.merchant_reference).first()
    if payment is None:
        return None
    _check_same(order, payment)
    key = order.idempotency_key
    if key is not None and not kept_keys.take(key, Payment.PREFIX, payment.id):
        kept_keys.find(key)  # taken at the same instant, by the same request or by another
    return payment


def _is_at_its_place(principal: Principal, store_id: UUID, terminal_id: UUID | None) -> bool:
    return principal.store_id in (None, store_id) and principal.terminal_id in (None, terminal_id)


def _of_this_place(principal: Principal, payment: Payment) -> Payment:
    """``payment``, unless another terminal gave its request the same key and the same words."""
    if _is_at_its_place(principal, payment.store_id, payment.terminal_id):
        return payment
    raise Conflict(
        "idempotency_key_reused",
        "This Idempotency-Key belongs to another terminal's request; use a new one.",
    )


def _check_same(order: PaymentOrder, payment: Payment) -> None:
    differing = differing_fields(order, payment)
    if differing:
        raise Conflict(
            "reference_reused",
            f"{payment.public_id} has this merchant_reference with other content; differing: "
            f"{', '.join(differing)}. A new attempt needs a new reference.",
            errors=tuple(
                FieldError(name, "differs", "Not the same as in the first request.")
                for name in differing
            ),
        )
