"""A refund by the acquirer's staff: at once, or above the acquirer's limit as a proposal."""

from typing import Any
from uuid import UUID

from django.db import transaction

from api.idempotency import RequestKey
from kernel.money import Money
from payments.models import Payment, Refund
from payments.services.caller import StaffCaller, caller_for, staff_actor
from payments.services.refund import (
    RefundOrder,
    check_refund,
    create_refund,
    reserve_refund,
    start_refund,
)
from payments.two_people import TWO_PEOPLE_ABOVE
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_reason, propose
from proposals.state import Need
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

_REASON_LIMIT = 128  # characters of a refund's reason


def refund_by_staff(
    staff: Staff,
    payment: Payment,
    *,
    amount_minor: int | None,
    reason: str,
    key: RequestKey | None = None,
) -> Refund | Proposal:
    """Give back ``amount_minor`` (None: all that is left), or propose it above the limit.

    Raises Forbidden ``role_not_allowed``, Rejected for the reason, Conflict as ``create_refund``
    and ``propose`` do; then nothing has happened.
    """
    caller = caller_for(staff, payment, "payments.refund_payment")
    with tenant_scope(payment.acquirer_id):
        order = RefundOrder(amount_minor, None, _check_reason(reason), key)
        amount = Money(check_refund(payment, order), payment.currency)
        if needs_second_person(REFUND, payment.acquirer_id, amount):
            return _propose(staff, payment, amount, order)
        return create_refund(caller, payment.id, order).refund


def _check_reason(reason: str) -> str:
    text = check_reason(reason)
    if len(text) > _REASON_LIMIT:
        raise faulty("reason", f"At most {_REASON_LIMIT} characters.")
    return text


def _propose(staff: Staff, payment: Payment, amount: Money, order: RefundOrder) -> Proposal:
    given_back = Money(payment.refund_reserved_minor, payment.currency) + amount
    return propose(
        REFUND,
        acquirer_id=payment.acquirer_id,
        subject=payment.public_id,
        subject_label=f"refund of {amount} for {payment.merchant_reference}",
        payload={"amount_minor": amount.minor, "reason": order.reason},
        after={"given back": str(given_back)},
        staff=staff,
        reason=order.reason or "",
    )


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    payment = Payment.objects.select_related("merchant").get(id=_id_of(subject))
    return {
        "merchant": payment.merchant.display_name,
        "merchant reference": payment.merchant_reference,
        "status": payment.status,
        "paid": str(payment.amount),
        "given back": str(Money(payment.refund_reserved_minor, payment.currency)),
    }


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    """The refund is the proposer's; who approved stands in the proposal."""
    payment = Payment.objects.get(id=_id_of(proposal.subject))
    caller = StaffCaller(payment.acquirer_id, payment.livemode, staff_actor(proposal.person))
    said = proposal.content
    order = RefundOrder(said["amount_minor"], None, said["reason"])
    refund = reserve_refund(caller, payment.id, order).refund
    transaction.on_commit(lambda: start_refund(refund))
    return Applied(refund.public_id)


def _id_of(subject: str) -> UUID:
    return Payment.public_id_to_uuid(subject)


REFUND = register(
    Kind(
        name="refund",
        label="Refund",
        may_propose="payments.refund_payment",
        may_approve="payments.approve_refund",
        read=_read,
        apply=_apply,
        need=Need.ABOVE,
        limits=TWO_PEOPLE_ABOVE,
        has_amount=True,
    )
)
