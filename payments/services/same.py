"""Which payment a request repeats: by its Idempotency-Key, else by its merchant_reference."""

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
    if principal.store_id is not None and order.store_id != principal.store_id:
        return None  # a store's key learns nothing of other stores
    mine = Payment.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)
    if (payment_id := kept_keys.find(order.idempotency_key)) is not None:
        return mine.get(id=payment_id)
    payment = mine.filter(merchant_reference=order.merchant_reference).first()
    if payment is None:
        return None
    _check_same(order, payment)
    key = order.idempotency_key
    if key is not None and not kept_keys.take(key, Payment.PREFIX, payment.id):
        kept_keys.find(key)  # taken at the same instant, by the same request or by another
    return payment


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
