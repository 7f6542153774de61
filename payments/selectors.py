"""Reads: what a key may see of payments and refunds. Never more than its merchant,
mode, store and terminal."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from api.pages import narrow
from kernel.errors import NotFound
from kernel.ids import InvalidId
from merchants.authentication import Principal
from merchants.models import Merchant
from payments.models import Payment, Refund
from payments.state import PUBLIC, Status
from tenancy.prepared import prepared


def list_payments(principal: Principal) -> QuerySet[Payment, Payment]:
    """The payments that the key may see."""
    rows = Payment.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)
    return rows.filter(**_place(principal))


def list_refunds(principal: Principal) -> QuerySet[Refund, Refund]:
    """The refunds that the key may see."""
    rows = Refund.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)
    return rows.filter(**{f"payment__{name}": value for name, value in _place(principal).items()})


def _place(principal: Principal) -> dict[str, UUID]:
    """The store, and the terminal, that the key is bound to."""
    place = {"store_id": principal.store_id, "terminal_id": principal.terminal_id}
    return {name: value for name, value in place.items() if value is not None}


@prepared()
def get_payment(principal: Principal, payment_id: UUID) -> Payment:
    """One payment; raises NotFound also for somebody else's."""
    payment = list_payments(principal).filter(id=payment_id).first()
    if payment is None:
        raise NotFound("not_found", "No such payment.")
    return payment


@prepared()
def get_refund(principal: Principal, refund_id: UUID) -> Refund:
    """One refund; raises NotFound also for somebody else's."""
    refund = list_refunds(principal).filter(id=refund_id).first()
    if refund is None:
        raise NotFound("not_found", "No such refund.")
    return refund


def with_public_status(rows: QuerySet[Payment, Payment], public: str) -> QuerySet[Payment, Payment]:
    """The rows whose status the API shows as ``public``."""
    return rows.filter(status__in=[status.value for status in Status if PUBLIC[status] == public])


def filter_payments(
    rows: QuerySet[Payment, Payment], *, status: str | None, **equal: Any
) -> QuerySet[Payment, Payment]:
    """``rows`` narrowed by every filter that is not None."""
    rows = narrow(rows, **equal)
    return rows if status is None else with_public_status(rows, status)


def where_payment(text: str) -> list[Q]:
    """Where the payments are that a person means by ``text``: conditions that an index answers.

    Its reference, its id at Alipay, or Alipay's transaction number, each exactly.
    """
    found = [_of_some_merchant(merchant_reference=text), Q(scheme_transaction_id=text)]
    return found + _by_id_at_alipay(Payment, text)


def where_refund(text: str) -> list[Q]:
    """The same for refunds: the merchant's reference, or its id at Alipay."""
    return [
        _of_some_merchant(merchant_refund_reference=text),
        *_by_id_at_alipay(Refund, text),
    ]


def _of_some_merchant(**reference: str) -> Q:
    # References are unique per merchant and mode, and so is their index: it is asked once each.
    merchants = Merchant.objects.values("id")
    return Q(merchant__in=merchants, livemode__in=[False, True], **reference)


def _by_id_at_alipay(model: type[Payment] | type[Refund], text: str) -> list[Q]:
    """Our ids at Alipay are the public ones without the underscore."""
    try:
        public = f"{model.PREFIX}_{text.removeprefix(model.PREFIX)}"
        return [Q(id=model.public_id_to_uuid(public))]
    except InvalidId:
        return []
