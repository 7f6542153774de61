"""What the calls about coupons answer: the contract, also for the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel

from loyalty.campaign_state import CampaignStatus, CouponStatus
from loyalty.discounts import DiscountKind
from payments.api.objects import ReductionObject


class CampaignObject(BaseModel):
    """Amounts are minor units of `currency`, parts basis points (10000 is all of it)."""

    object: Literal["campaign"]
    id: str
    livemode: bool
    name: str
    status: CampaignStatus
    kind: DiscountKind
    currency: str
    amount: int
    basis_points: int
    cap: int | None
    skus: list[str]
    categories: list[str]
    buy_quantity: int
    get_quantity: int
    minimum_spend: int
    first_purchase_only: bool
    stackable: bool
    starts_at: str
    ends_at: str
    redemptions_left: int | None
    budget_left: int | None


class CouponObject(BaseModel):
    """A code; `uses_left` is null for one that many share."""

    object: Literal["coupon"]
    id: str
    livemode: bool
    code: str
    status: CouponStatus
    uses_left: int | None
    member: str | None
    campaign: CampaignObject
    created_at: str


class SpendablePointsObject(BaseModel):
    """The most points that may pay a part of this sale, and what they are worth."""

    points: int
    amount: int


class CouponPreviewObject(BaseModel):
    """What coupons and points would take off now; nothing is promised. `id` is the first coupon's,
    or the member's. `points_spendable` is null without a member, or where none may be spent."""

    object: Literal["coupon_preview"]
    id: str
    currency: str
    amount: int
    amount_charged: int
    reductions: list[ReductionObject]
    points_spendable: SpendablePointsObject | None


class CampaignPage(BaseModel):
    """A page of campaigns, newest first."""

    data: list[CampaignObject]
    has_more: bool
    next_cursor: str | None


class CouponPage(BaseModel):
    """A page of coupons, newest first."""

    data: list[CouponObject]
    has_more: bool
    next_cursor: str | None
