"""Campaigns and coupons as the API shows them."""

from collections.abc import Sequence
from typing import Any

from kernel import ids
from kernel.clock import show_time
from loyalty.coupon_codes import show_code
from loyalty.models import Campaign, Coupon, Member
from loyalty.services.burn import Spendable


def show_campaign(campaign: Campaign) -> dict[str, Any]:
    """What the campaign takes off, for whom, and what is left of it."""
    return {
        "object": "campaign",
        "id": campaign.public_id,
        "livemode": campaign.livemode,
        "name": campaign.name,
        "status": campaign.status,
        "kind": campaign.kind,
        "currency": campaign.currency,
        "amount": campaign.amount_minor,
        "basis_points": campaign.basis_points,
        "cap": campaign.cap_minor,
        "skus": campaign.skus,
        "categories": campaign.categories,
        "buy_quantity": campaign.buy_quantity,
        "get_quantity": campaign.get_quantity,
        "minimum_spend": campaign.minimum_spend_minor,
        "first_purchase_only": campaign.is_first_purchase_only,
        "stackable": campaign.is_stackable,
        "starts_at": show_time(campaign.starts_at),
        "ends_at": show_time(campaign.ends_at),
        "redemptions_left": campaign.uses_left,
        "budget_left": campaign.budget_left_minor,
    }


def show_coupon(coupon: Coupon) -> dict[str, Any]:
    """The coupon with its campaign."""
    return {
        "object": "coupon",
        "id": coupon.public_id,
        "livemode": coupon.livemode,
        "code": show_code(coupon.code),
        "status": coupon.status,
        "uses_left": coupon.uses_left,
        "member": coupon.member_id and ids.encode(Member.PREFIX, coupon.member_id),
        "campaign": show_campaign(coupon.campaign),
        "created_at": show_time(coupon.created_at),
    }


def show_preview(
    about: Coupon | Member,
    price: int,
    currency: str,
    offs: Sequence[tuple[Coupon, int]],
    points: tuple[int, int] | None,
    spendable: Spendable | None,
) -> dict[str, Any]:
    """What coupons and ``points`` (how many, their worth) would take off now."""
    reductions: list[dict[str, Any]] = [
        {
            "kind": "coupon",
            "amount": off,
            "coupon": each.public_id,
            "campaign": each.campaign.name,
        }
        for each, off in offs
    ]
    if points is not None:
        reductions.append({"kind": "points", "amount": points[1], "points": points[0]})
    return {
        "object": "coupon_preview",
        "id": about.public_id,
        "currency": currency,
        "amount": price,
        "amount_charged": price - sum(each["amount"] for each in reductions),
        "reductions": reductions,
        "points_spendable": spendable
        and {"points": spendable.points, "amount": spendable.worth_minor},
    }
