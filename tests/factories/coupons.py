"""Campaigns and their coupons."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from loyalty.campaign_state import CampaignStatus
from loyalty.discounts import DiscountKind
from loyalty.models import Campaign, CampaignMerchant, CampaignStore, Coupon, Member
from tenancy.scope import platform_scope
from tests.people import Person

_numbers = count(1)


def make_campaign(*people: Person, stores: tuple[Person, ...] = (), **options: Any) -> Campaign:
    """A running campaign of these merchants of one acquirer, in test mode: HKD 20.50 off."""
    values: dict[str, Any] = {
        "name": f"Autumn {next(_numbers)}",
        "status": CampaignStatus.ACTIVE,
        "kind": DiscountKind.AMOUNT,
        "currency": "HKD",
        "starts_at": datetime(2026, 1, 1, tzinfo=UTC),
        "ends_at": datetime(2027, 1, 1, tzinfo=UTC),
    }
    if "kind" not in options:
        values["amount_minor"] = 2050
    with platform_scope():
        campaign = Campaign.objects.create(acquirer=people[0].acquirer, **(values | options))
        known = {"acquirer": campaign.acquirer, "campaign": campaign}
        for person in people:
            CampaignMerchant.objects.create(merchant=person.merchant, **known)
        for person in stores:
            CampaignStore.objects.create(store=person.store, **known)
    return campaign


def make_coupon(campaign: Campaign, *, member: Member | None = None, **options: Any) -> Coupon:
    """A unique coupon for one use."""
    with platform_scope():
        return Coupon.objects.create(
            acquirer=campaign.acquirer,
            campaign=campaign,
            livemode=campaign.livemode,
            member=member,
            issued_by="staff:ada@example.com",
            **options,
        )
