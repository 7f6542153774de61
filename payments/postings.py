"""Payment facts in the books: the only bookkeeping knowledge of this app.

A change that is not in the table moves no money that was ours or the merchant's.
"""

from uuid import UUID

from kernel.money import Money
from ledger.posting import Leg, Posting
from payments.models import Payment, Refund
from payments.state import Status

_SALE = "payment.succeeded"
_TAKEN_BACK = "payment.canceled"
_REFUND = "refund.succeeded"

# (from, to) -> kind. Money is booked when a payment succeeds, and out again when it is taken back.
_BOOKED: dict[tuple[Status, Status], str] = {
    (Status.PROCESSING, Status.SUCCEEDED): _SALE,
    (Status.TAKING_BACK, Status.CANCELED): _TAKEN_BACK,
}
# The reduction that goes with each, if there is one: a posting, and a settled line, of its own.
_PROMOTIONS = {
    _SALE: "promotion.granted",
    _TAKEN_BACK: "promotion.taken_back",
    _REFUND: "promotion.returned",
}


def post_payment(payment: Payment, old: Status, new: Status) -> list[Posting]:
    """The postings of a payment's change of status; none where no money moves."""
    kind = _BOOKED.get((old, new))
    if kind is None:
        return []
    sign = 1 if kind == _SALE else -1
    return _post(payment, kind, "payment", payment.id, payment, sign)


def post_refund(refund: Refund, payment: Payment) -> list[Posting]:
    """The postings of a refund that Alipay has confirmed."""
    return _post(payment, _REFUND, "refund", refund.id, refund, -1)


def _post(
    payment: Payment, kind: str, cause_type: str, cause_id: UUID, of: Payment | Refund, sign: int
) -> list[Posting]:
    def posting(kind: str, *legs: tuple[str, int]) -> Posting:
        return Posting(
            kind=kind,
            cause_type=cause_type,
            cause_id=cause_id,
            livemode=payment.livemode,
            entries=[
                Leg(account, payment.merchant_id, Money(sign * minor, payment.currency))
                for account, minor in legs
                if minor
            ],
        )

    # The scheme owes us what the customer paid (debit); we owe it to the merchant (credit).
    paid = of.amount_minor
    sale = posting(kind, ("scheme_receivable", paid), ("merchant_payable", -paid))
    if not of.reduction_minor:
        return [sale]
    # What the acquirer bears it owes to the merchant as well; what the merchant bears is a note.
    borne = of.reduction_borne_minor
    own = of.reduction_minor - borne
    promotion = posting(
        _PROMOTIONS[kind],
        ("promotion_cost", borne),
        ("merchant_payable", -borne),
        ("merchant_discount", own),
        ("merchant_discount_noted", -own),
    )
    return [sale, promotion]
