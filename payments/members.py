"""Who the customer is: by a till's word, or by a wallet that is known. Loyalty knows who is who.

It lies above this app, and says here once, when it is ready, what it wants to be asked and told.
"""

from collections.abc import Callable
from uuid import UUID

from connectors.base import Outcome
from kernel.errors import FieldError, Rejected
from merchants.authentication import Principal
from payments.cashier_words import CASHIER_WORDS
from payments.models import Payment, Refund
from payments.state import Status
from tenancy.fragments import Fragment

PREFIX = "mem"
# The member behind what a till sent (an id or a card's number), for a key; None where it is none.
FindMember = Callable[[Principal, str], UUID | None]
_finders: list[FindMember] = []
# The member whose wallet paid (the payer's id at the scheme), or None.
Recognize = Callable[[Payment, str], UUID | None]
_recognizers: list[Recognize] = []
# What is written with a payment's change of status, from the row of ``moved``; the payment is as
# the change leaves it.
FollowPayment = Callable[[Payment, Status, Status, Outcome | None], list[Fragment]]
_payment_followers: list[FollowPayment] = []
# The same for a refund that has succeeded: ``moved`` is the refund's row, with ``payment_id``.
FollowRefund = Callable[[Refund], list[Fragment]]
_refund_followers: list[FollowRefund] = []


def find_members_by(finder: FindMember) -> None:
    """Ask ``finder`` from now on; called once, when its app is ready."""
    if finder not in _finders:
        _finders.append(finder)


def get_member_id(principal: Principal, text: str) -> UUID:
    """The member of the key's merchant; raises Rejected naming ``member``."""
    for finder in _finders:
        if (member_id := finder(principal, text)) is not None:
            return member_id
    fault = FieldError("member", "unknown", "No such member for this key; see GET /v1/members.")
    words = CASHIER_WORDS["member.unknown"]
    raise Rejected("invalid_request", "Please correct: member.", errors=(fault,), cashier=words)


def recognize_by(recognizer: Recognize) -> None:
    """Ask ``recognizer`` from now on; called once, when its app is ready."""
    if recognizer not in _recognizers:
        _recognizers.append(recognizer)


def recognize(payment: Payment, new: Status, outcome: Outcome | None) -> UUID | None:
    """Who pays, where the till did not say it and the money has just come."""
    payer = outcome.trade.payer_user_id if outcome else None
    is_sale = payment.status == Status.PROCESSING and new is Status.SUCCEEDED
    if payer is None or not is_sale or payment.member_id is not None:
        return None
    return next((found for ask in _recognizers if (found := ask(payment, payer))), None)


def follow_by(on_payment: FollowPayment, on_refund: FollowRefund) -> None:
    """Let both write along from now on; called once, when their app is ready."""
    if on_payment not in _payment_followers:
        _payment_followers.append(on_payment)
        _refund_followers.append(on_refund)


def follow_payment(
    payment: Payment, old: Status, new: Status, outcome: Outcome | None
) -> list[Fragment]:
    """What is to be written with the change of a payment that is a member's."""
    if payment.member_id is None or old is new:
        return []
    return [part for each in _payment_followers for part in each(payment, old, new, outcome)]


def follow_refund(refund: Refund) -> list[Fragment]:
    """What is to be written with the success of a refund of a member's payment."""
    if refund.payment.member_id is None:
        return []
    return [part for each in _refund_followers for part in each(refund)]
