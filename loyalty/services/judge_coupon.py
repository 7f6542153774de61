"""Whether a coupon takes anything off a sale: one table of checks, in the order they are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.errors import Conflict, FieldError
from loyalty.campaign_state import (
    WHY,
    CampaignStatus,
    CouponRefusal,
    CouponStatus,
    RedemptionStatus,
)
from loyalty.discounts import Line, take_off
from loyalty.models import Campaign, Coupon, Redemption
from payments.cashier_words import CASHIER_WORDS
from payments.models import Payment
from payments.state import Status

# A purchase that was taken back or given back whole is none.
_BOUGHT = (Status.SUCCEEDED, Status.TAKING_BACK)


@dataclass(frozen=True, slots=True)
class Sale:
    """What is being bought; ``price`` is what is left of it in minor units."""

    merchant_id: UUID
    store_id: UUID | None
    livemode: bool
    currency: str
    price: int
    lines: Sequence[Line]
    member_id: UUID | None
    at: datetime
    is_alone: bool = True  # no other coupon is used with this one

    def less(self, minor: int) -> "Sale":
        """The same sale, as much cheaper."""
        return replace(self, price=self.price - minor)


def read_lines(items: Sequence[dict[str, Any]]) -> list[Line]:
    """The basket of a payment's ``items``."""
    return [
        Line(item["quantity"], item["unit_amount"], item.get("sku"), item.get("category"))
        for item in items
    ]


def judge(coupon: Coupon, sale: Sale, *, place: int | None = None) -> int:
    """Minor units that the coupon takes off ``sale``; raises Conflict ``coupon_refused``.

    ``place`` is which of several coupons it is. Under the locks of campaign and coupon the answer
    holds; without them it is a preview.
    """
    campaign = coupon.campaign
    for refusal, is_refused in _CHECKS:
        if is_refused(coupon, campaign, sale):
            raise refused(refusal, place=place)
    off = take_off(campaign.terms, sale.price, sale.lines)
    if off == 0:
        raise refused(CouponRefusal.NO_GOODS, place=place)
    if campaign.budget_left_minor is not None and off > campaign.budget_left_minor:
        raise refused(CouponRefusal.BUDGET_SPENT, place=place)
    return off


def refused(refusal: CouponRefusal, *, place: int | None = None) -> Conflict:
    """The refusal in words; ``place`` is which of several coupons it is."""
    name = "coupon" if place is None else f"coupon.{place}"
    fault = FieldError(name, refusal.value, WHY[refusal])
    words = CASHIER_WORDS[f"coupon.{refusal}"]
    return Conflict("coupon_refused", WHY[refusal], errors=(fault,), cashier=words)


def _is_elsewhere(coupon: Coupon, campaign: Campaign, sale: Sale) -> bool:
    stores = {row.store_id for row in campaign.stores.all()}
    return bool(stores) and sale.store_id not in stores


def _is_at_other_hours(coupon: Coupon, campaign: Campaign, sale: Sale) -> bool:
    """By the campaign's own clock; hours that end before they begin go past midnight, and belong
    to the day on which they began."""
    local = sale.at.astimezone(ZoneInfo(campaign.zone))
    day, now = local.weekday(), local.time()
    since, until = campaign.hours_from, campaign.hours_until
    if since is not None and until is not None:
        if since <= until:
            is_in = since <= now < until
        else:
            is_in = now >= since or now < until
            day = day if now >= since else (day - 1) % 7
        if not is_in:
            return True
    return bool(campaign.weekdays) and day not in campaign.weekdays


def _is_no_first_purchase(coupon: Coupon, campaign: Campaign, sale: Sale) -> bool:
    if not campaign.is_first_purchase_only:
        return False
    bought = Payment.objects.filter(
        member_id=sale.member_id,
        merchant_id=sale.merchant_id,
        livemode=sale.livemode,
        status__in=_BOUGHT,
    )
    rows = bought.values_list("amount_minor", "refunded_minor")
    return any(paid > back for paid, back in rows[:50]) or _uses_of(campaign, sale) > 0


def _uses_of(campaign: Campaign, sale: Sale) -> int:
    """The member's redemptions that stand, those in doubt among them."""
    if sale.member_id is None:
        return 0
    rows = Redemption.objects.filter(campaign=campaign, member_id=sale.member_id)
    return rows.exclude(status=RedemptionStatus.RETURNED).count()


def _needs_member(campaign: Campaign) -> bool:
    return campaign.is_first_purchase_only or campaign.member_limit is not None


def _is_spent(left: int | None) -> bool:
    return left is not None and left < 1


_Check = Callable[[Coupon, Campaign, Sale], bool]
R = CouponRefusal
# fmt: off
_CHECKS: tuple[tuple[CouponRefusal, _Check], ...] = (
    (R.WITHDRAWN,          lambda c, k, s: c.status != CouponStatus.ACTIVE),
    (R.OVER,               lambda c, k, s: k.status == CampaignStatus.ENDED or s.at >= k.ends_at),
    (R.NOT_ACTIVE,         lambda c, k, s: k.status != CampaignStatus.ACTIVE),
    (R.NOT_STARTED,        lambda c, k, s: s.at < k.starts_at),
    (R.OTHER_CURRENCY,     lambda c, k, s: s.currency != k.currency),
    (R.OTHER_STORE,        _is_elsewhere),
    (R.OTHER_HOURS,        _is_at_other_hours),
    (R.MEMBER_NEEDED,      lambda c, k, s: s.member_id is None and (
                               c.member_id is not None or _needs_member(k))),
    (R.OTHER_MEMBER,       lambda c, k, s: c.member_id not in {None, s.member_id}),
    (R.NOT_STACKABLE,      lambda c, k, s: not s.is_alone and not k.is_stackable),
    (R.MINIMUM_SPEND,      lambda c, k, s: s.price < k.minimum_spend_minor),
    (R.USED_UP,            lambda c, k, s: _is_spent(c.uses_left)),
    (R.BUDGET_SPENT,       lambda c, k, s: _is_spent(k.uses_left)),
    (R.MEMBER_LIMIT,       lambda c, k, s: k.member_limit is not None
                               and _uses_of(k, s) >= k.member_limit),
    (R.NOT_FIRST_PURCHASE, _is_no_first_purchase),
)
# fmt: on
