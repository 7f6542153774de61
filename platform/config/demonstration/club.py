"""What the shop of the demo does for its customers: goods on file, a club, campaigns, coupons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import transaction

from demo.shop import CATALOGUE, CURRENCY, Sale
from loyalty.campaign_state import Step
from loyalty.discounts import DiscountKind
from loyalty.member_state import Purpose
from loyalty.models import (
    Campaign,
    CampaignMerchant,
    EarnRule,
    Member,
    Participation,
    Programme,
    RecommendationTerms,
    Tier,
)
from loyalty.services.issue import issue_to_member, share_code
from loyalty.services.join import Agreement, Application, join
from loyalty.services.products import Description, put_product
from loyalty.services.run_campaign import move_campaign
from loyalty.wording import VERSION
from merchants.models import Merchant

ACTOR = "demo"
HAPPY_CODE = "MORNING"
_TIERS = (("Silver", 300, 12_500, "A quarter more points"), ("Gold", 900, 15_000, "Half more"))
_WELCOME_MINOR = 800
_HAPPY = time(7), time(10)
_SHOWS_WELCOME, _SHOWS_HAPPY = 0.6, 0.5  # of the customers who may


@dataclass
class Club:
    """The programme of one merchant, its members by their number in ``demo.shop``, and what they
    may still take off."""

    merchant: Merchant
    programme: Programme
    welcome: Campaign
    _members: dict[int, Member] = field(default_factory=dict)
    _coupons: dict[int, str] = field(default_factory=dict)

    @classmethod
    def open(cls, merchant: Merchant, *, until: datetime, at: datetime) -> "Club":
        """With a catalogue, tiers, and two campaigns from ``at`` to ``until``.

        In the acquirer's scope.
        """
        for good in CATALOGUE:
            told = Description(
                sku=good.sku, name=good.name, currency=CURRENCY, category=good.category,
                price_minor=good.price_minor, cost_minor=good.cost_minor,
            )  # fmt: skip
            put_product(told, acquirer_id=merchant.acquirer_id, merchant_id=merchant.id)
        known = {"acquirer": merchant.acquirer, "merchant": merchant}
        RecommendationTerms.objects.create(**known, control_basis_points=2000)
        span = {"starts_at": at, "ends_at": until}
        welcome = _run(
            merchant, "Welcome to the club", kind=DiscountKind.AMOUNT, amount_minor=_WELCOME_MINOR,
            minimum_spend_minor=3000, member_limit=1, acquirer_basis_points=5000, **span,
        )  # fmt: skip
        happy = _run(
            merchant, "Happy morning", kind=DiscountKind.PERCENTAGE, basis_points=1000,
            cap_minor=1000, budget_minor=500_000, hours_from=_HAPPY[0], hours_until=_HAPPY[1],
            **span,
        )  # fmt: skip
        share_code(happy, HAPPY_CODE, issued_by=ACTOR)
        return cls(merchant, _open_programme(merchant), welcome)

    def member_of(self, sale: Sale) -> Member | None:
        """Whose sale it is; at the first visit they join, and are given a welcome."""
        number = sale.member
        if number is None:
            return None
        if number not in self._members:
            self._members[number] = self._join()
            coupon = issue_to_member(self.welcome, self._members[number], issued_by=ACTOR)
            self._coupons[number] = coupon.code
        return self._members[number]

    def coupon_for(self, sale: Sale, draw: Callable[[], float]) -> str | None:
        """The code that the customer shows: the welcome, once, or that of the morning."""
        number, least = sale.member, self.welcome.minimum_spend_minor
        may = number in self._coupons and sale.amount_minor >= least
        if number is not None and may and draw() < _SHOWS_WELCOME:
            return self._coupons.pop(number)
        is_happy = _HAPPY[0] <= sale.at.time() < _HAPPY[1]
        return HAPPY_CODE if is_happy and draw() < _SHOWS_HAPPY else None

    def __len__(self) -> int:
        return len(self._members)

    def _join(self) -> Member:
        agreed = tuple(Agreement(purpose, VERSION) for purpose in Purpose)
        return join(
            self.programme, Application(agreements=agreed),
            merchant_id=self.merchant.id, livemode=False, recorded_by=ACTOR,
        )  # fmt: skip


def is_open(merchant: Merchant) -> bool:
    """Whether the merchant has a programme already; in the acquirer's scope."""
    return Participation.objects.filter(merchant=merchant).exists()


def _run(merchant: Merchant, name: str, **terms: Any) -> Campaign:
    known = {"acquirer": merchant.acquirer}
    with transaction.atomic():
        campaign = Campaign.objects.create(name=name, currency=CURRENCY, **known, **terms)
        CampaignMerchant.objects.create(campaign=campaign, merchant=merchant, **known)
        return move_campaign(campaign, Step.START)


def _open_programme(merchant: Merchant) -> Programme:
    known: dict[str, Any] = {"acquirer": merchant.acquirer}
    with transaction.atomic():
        name = f"{merchant.display_name} Club"
        known["programme"] = programme = Programme.objects.create(name=name, **known)
        Participation.objects.create(merchant=merchant, **known)
        EarnRule.objects.create(currency=CURRENCY, points=1, per_minor=100, **known)
        for name, threshold, multiplier, benefits in _TIERS:
            Tier.objects.create(
                name=name, threshold_points=threshold, multiplier_basis_points=multiplier,
                benefits=benefits, **known,
            )  # fmt: skip
    return programme
