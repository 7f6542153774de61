"""What is the same where a person ends a break or explains an entry of the bank.

Either places an amount that the books could not place: with a reason, by two people above the
acquirer's limit, and where it is a merchant's, as an adjustment that its next settlement takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kernel import ids
from kernel.money import Money
from merchants.models import Merchant
from payments.two_people import TWO_PEOPLE_ABOVE
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.state import Need
from settlement.services.adjust import Wanted, post_adjustment
from tenancy.models import Staff
from tenancy.saving import faulty


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does it, and who has approved it where two are needed, as histories name people."""

    made_by: str
    approved_by: str = ""


def hands_of(proposal: Proposal, staff: Staff) -> Hands:
    """Of who proposed it, and of who says yes to it."""
    return Hands(proposal.actor, staff.actor)


def register_kind(
    name: str,
    label: str,
    *,
    read: Callable[[str, dict[str, Any]], Facts],
    apply: Callable[[Proposal, Staff], Applied],
) -> Kind:
    """The kind of proposal that such an end is: for the same people, above the same limit."""
    return register(
        Kind(
            name=name,
            label=label,
            may_propose="settlement.resolve_break",
            may_approve="settlement.approve_break",
            read=read,
            apply=apply,
            need=Need.ABOVE,
            limits=TWO_PEOPLE_ABOVE,
            has_amount=True,
        )
    )


def find_merchant(merchant_id: UUID | None) -> Merchant | None:
    """The merchant of this acquirer, if it is one."""
    return None if merchant_id is None else Merchant.objects.filter(id=merchant_id).first()


def give(
    merchant_id: UUID | None,
    amount: Money,
    hands: Hands,
    *,
    livemode: bool,
    reason: str,
    payment_id: UUID | None = None,
    business_date: date | None = None,
) -> None:
    """Give the merchant ``amount``, or take it where it is below zero.

    Raises Rejected naming ``merchant`` if there is no such merchant.
    """
    merchant = find_merchant(merchant_id)
    if merchant is None:
        raise faulty("merchant", "No merchant of yours has this id.")
    wanted = Wanted(
        key=ids.new_uuid(),
        amount=amount,
        livemode=livemode,
        reason=reason,
        payment_id=payment_id,
        business_date=business_date,
    )
    post_adjustment(merchant, wanted, reason, made_by=hands.made_by, approved_by=hands.approved_by)
