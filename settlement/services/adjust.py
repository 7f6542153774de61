"""Adjusting a merchant's money by hand: posted at once, or proposed above the acquirer's limit."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import ids
from kernel.errors import Conflict
from kernel.money import Money
from ledger.posting import Leg, Posting, post
from merchants.models import Merchant
from payments.models import Payment
from payments.two_people import TWO_PEOPLE_ABOVE
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from proposals.state import Need
from settlement.models import Adjustment
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """An adjustment as a person wants it; ``amount`` is signed from the merchant's view.

    ``key`` becomes its id, so that a second click does nothing.
    """

    key: UUID
    amount: Money
    livemode: bool
    reason: str
    payment_id: UUID | None = None
    business_date: date | None = None


def adjust(staff: Staff, merchant: Merchant, wanted: Wanted) -> Adjustment | Proposal:
    """Post it, or propose it where it is above the acquirer's limit.

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, Conflict
    ``already_adjusted`` for a key that was used, and as ``propose`` does.
    """
    check_may(ADJUSTMENT, staff)
    reason = check_reason(wanted.reason)
    with tenant_scope(merchant.acquirer_id):
        _check(merchant, wanted)
        if needs_second_person(ADJUSTMENT, merchant.acquirer_id, _size(wanted.amount)):
            return _propose(staff, merchant, wanted, reason)
        return post_adjustment(merchant, wanted, reason, made_by=staff.actor)


def _size(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)


def _check(merchant: Merchant, wanted: Wanted) -> None:
    if wanted.amount.minor == 0:
        raise faulty("amount", "An amount that is not zero.")
    if Adjustment.objects.filter(id=wanted.key).exists():
        raise Conflict("already_adjusted", "This adjustment was made already.")
    if wanted.payment_id is None:
        return
    payment = Payment.objects.filter(id=wanted.payment_id, merchant=merchant).first()
    if payment is None:
        raise faulty("payment", "No payment of this merchant has this id.")
    if (payment.currency, payment.livemode) != (wanted.amount.currency, wanted.livemode):
        raise faulty("payment", "The payment is of another currency or mode.")


def post_adjustment(
    merchant: Merchant, wanted: Wanted, reason: str, *, made_by: str, approved_by: str = ""
) -> Adjustment:
    """The row and its posting, together or not at all; in the merchant's tenant scope.

    Whether it may be done was asked before. Raises Conflict ``already_adjusted``.
    """
    row = Adjustment(
        id=wanted.key,
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        livemode=wanted.livemode,
        currency=wanted.amount.currency,
        amount_minor=wanted.amount.minor,
        reason=reason,
        payment_id=wanted.payment_id,
        business_date=wanted.business_date,
        made_by=made_by,
        approved_by=approved_by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            post(_posting(row))
    except IntegrityError:
        raise Conflict("already_adjusted", "This adjustment was made already.") from None
    return row


def _posting(row: Adjustment) -> Posting:
    # Given to the merchant: the acquirer's side is debited, what we owe the merchant credited.
    return Posting(
        kind="adjustment.posted",
        cause_type="adjustment",
        cause_id=row.id,
        livemode=row.livemode,
        entries=[
            Leg("adjustment", row.merchant_id, row.amount),
            Leg("merchant_payable", row.merchant_id, -row.amount),
        ],
    )


def _propose(staff: Staff, merchant: Merchant, wanted: Wanted, reason: str) -> Proposal:
    return propose(
        ADJUSTMENT,
        acquirer_id=merchant.acquirer_id,
        subject=ids.encode(Adjustment.PREFIX, wanted.key),
        subject_label=f"{merchant}: {wanted.amount}",
        payload=_pack(merchant, wanted),
        after=_facts(merchant, wanted),
        staff=staff,
        reason=reason,
    )


def _pack(merchant: Merchant, wanted: Wanted) -> dict[str, Any]:
    return {
        "merchant": merchant.public_id,
        "minor": wanted.amount.minor,
        "currency": wanted.amount.currency,
        "livemode": wanted.livemode,
        "reason": wanted.reason,
        "payment": None if wanted.payment_id is None else str(wanted.payment_id),
        "business_date": wanted.business_date and wanted.business_date.isoformat(),
    }


def _unpack(subject: str, said: dict[str, Any]) -> Wanted:
    day = said["business_date"]
    return Wanted(
        key=Adjustment.public_id_to_uuid(subject),
        amount=Money(said["minor"], said["currency"]),
        livemode=said["livemode"],
        reason=said["reason"],
        payment_id=UUID(said["payment"]) if said["payment"] else None,
        business_date=date.fromisoformat(day) if day else None,
    )


def _facts(merchant: Merchant, wanted: Wanted) -> Facts:
    facts = {
        "merchant": str(merchant),
        "the merchant": "is given" if wanted.amount.minor > 0 else "gives back",
        "amount": str(_size(wanted.amount)),
        "mode": "live" if wanted.livemode else "test",
    }
    if wanted.payment_id is not None:
        facts["payment"] = ids.encode(Payment.PREFIX, wanted.payment_id)
    if wanted.business_date is not None:
        facts["belongs to"] = wanted.business_date.isoformat()
    return facts


def _find_merchant(said: dict[str, Any]) -> Merchant:
    return Merchant.objects.get(id=Merchant.public_id_to_uuid(said["merchant"]))


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    return {"merchant": str(_find_merchant(payload)), "status": "not made"}


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    merchant = _find_merchant(proposal.content)
    wanted = _unpack(proposal.subject, proposal.content)
    _check(merchant, wanted)
    approved_by = staff.actor
    row = post_adjustment(
        merchant,
        wanted,
        check_reason(wanted.reason),
        made_by=proposal.actor,
        approved_by=approved_by,
    )
    return Applied(row.public_id)


ADJUSTMENT = register(
    Kind(
        name="adjustment",
        label="Adjustment of a merchant's money",
        may_propose="settlement.add_adjustment",
        may_approve="settlement.approve_adjustment",
        read=_read,
        apply=_apply,
        need=Need.ABOVE,
        limits=TWO_PEOPLE_ABOVE,
        has_amount=True,
    )
)
