"""Reads: the campaigns and coupons that a key may see."""

from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotFound
from loyalty.models import Campaign, Coupon
from merchants.authentication import Principal


def list_campaigns(principal: Principal) -> QuerySet[Campaign, Campaign]:
    """The campaigns that the key's merchant takes part in, in the key's mode."""
    rows = Campaign.objects.filter(livemode=principal.livemode)
    return rows.filter(participants__merchant_id=principal.merchant_id)


def get_campaign(principal: Principal, campaign_id: UUID) -> Campaign:
    """One of them; raises NotFound also for somebody else's."""
    campaign = list_campaigns(principal).filter(id=campaign_id).first()
    if campaign is None:
        raise NotFound("not_found", "No such campaign.")
    return campaign


def list_coupons(principal: Principal) -> QuerySet[Coupon, Coupon]:
    """Their coupons."""
    rows = Coupon.objects.filter(livemode=principal.livemode).select_related("campaign")
    return rows.filter(campaign__participants__merchant_id=principal.merchant_id)


def get_coupon(principal: Principal, coupon_id: UUID) -> Coupon:
    """One of them; raises NotFound also for somebody else's."""
    coupon = list_coupons(principal).filter(id=coupon_id).first()
    if coupon is None:
        raise NotFound("not_found", "No such coupon.")
    return coupon
