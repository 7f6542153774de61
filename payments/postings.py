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


def post_payment(payment: Payment, old: Status, new: Status) -> Posting | None:
    """The posting of a payment's change of status, or None if none is due."""
    kind = _BOOKED.get((old, new))
    if kind is None:
        return None
    amount = payment.amount if kind == _SALE else -payment.amount
    return _between_scheme_and_merchant(payment, kind, "payment", payment.id, amount)


def post_refund(refund: Refund, payment: Payment) -> Posting:
    """The posting of a refund that Alipay has confirmed."""
    return _between_scheme_and_merchant(payment, _REFUND, "refund", refund.id, -refund.amount)


def _between_scheme_and_merchant(
    payment: Payment, kind: str, cause_type: str, cause_id: UUID, amount: Money
) -> Posting:
    # The scheme owes us what the customer paid (debit); we owe it to the merchant (credit).
    return Posting(
        kind=kind,
        cause_type=cause_type,
        cause_id=cause_id,
        livemode=payment.livemode,
        entries=[
            Leg("scheme_receivable", payment.merchant_id, amount),
            Leg("merchant_payable", payment.merchant_id, -amount),
        ],
    )
