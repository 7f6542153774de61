"""Noting that a member paid, or got money back, in the statement of the payment's own change.

What is noted is due until its points are right: however the process ends, the row says so (law 7).
"""

from functools import partial

from connectors.base import Outcome
from kernel import clock, ids
from loyalty.services.recognize import learn_wallet
from loyalty.services.wake import wake_earnings
from payments.models import Payment, Refund
from payments.state import Status
from tenancy.fragments import Fragment

_EARNING = """
INSERT INTO loyalty_earning
       (id, acquirer_id, merchant_id, payment_id, member_id, points, kept_points, due_at,
        created_at)
SELECT %(earning_id)s::uuid, acquirer_id, merchant_id, id, %(earning_member)s::uuid, NULL, 0,
       %(earning_at)s::timestamptz, %(earning_at)s::timestamptz
  FROM moved
    ON CONFLICT (payment_id) DO UPDATE SET due_at = EXCLUDED.due_at
RETURNING id
"""
_DUE_AGAIN = """
UPDATE loyalty_earning SET due_at = %(earning_at)s::timestamptz
  FROM moved WHERE loyalty_earning.payment_id = moved.payment_id
RETURNING loyalty_earning.id
"""
# A sale earns; one that was taken back earns no more.
_CHANGES = {
    (Status.PROCESSING, Status.SUCCEEDED),
    (Status.TAKING_BACK, Status.CANCELED),
}


def note_payment(
    payment: Payment, old: Status, new: Status, outcome: Outcome | None
) -> list[Fragment]:
    """The member's earning becomes due; a wallet that paid for a member is known from now on."""
    if (old, new) not in _CHANGES:
        return []
    values = {
        "earning_id": ids.new_uuid(),
        "earning_member": payment.member_id,
        "earning_at": clock.now(),
    }
    then = partial(wake_earnings, payment.acquirer_id)
    parts = [Fragment("earning", _EARNING, values, then=then)]
    payer = outcome.trade.payer_user_id if outcome else None
    if new is Status.SUCCEEDED and payer is not None and not payment.member_is_recognized:
        parts += learn_wallet(payment, payer)
    return parts


def note_refund(refund: Refund) -> list[Fragment]:
    """What the payment earned is to be reckoned anew."""
    then = partial(wake_earnings, refund.acquirer_id)
    return [Fragment("earning", _DUE_AGAIN, {"earning_at": clock.now()}, then=then)]
