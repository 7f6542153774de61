"""What a launch would reach and cost, before it is launched. Nothing is written.

Numbers of people are rounded up to the next multiple of the smallest group that is told, and a
smaller group is not told at all: two previews that differ by one person look the same.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from kernel.errors import Conflict
from loyalty.discounts import FULL, DiscountKind, most_off
from loyalty.models import Campaign, Launch
from loyalty.services.launch import (
    check_budget,
    check_campaign,
    check_not_too_few,
    check_not_too_many,
    draws,
)
from portal.insights.report import share
from portal.insights.small_groups import smallest_group
from portal.marketing.choose import choose_members

ASSUMED_BASIS_POINTS = 1000  # of the coupons are redeemed, where nobody knows
FEWEST_COUPONS = 30  # to learn from
_LEARN = """
SELECT count(*), count(*) FILTER (WHERE coupon.redeemed_count > 0)
  FROM loyalty_audiencemember AS kept
  JOIN loyalty_launch AS launch ON launch.id = kept.launch_id
  JOIN loyalty_coupon AS coupon ON coupon.id = kept.coupon_id
 WHERE launch.programme_id = %(programme)s AND launch.id <> %(launch)s
   AND launch.merchant_id IS NOT DISTINCT FROM %(merchant)s
"""
_MEAN_PAYMENT = """
SELECT (sum(net_year_minor) / NULLIF(sum(visits_year), 0))::bigint FROM portal_customer
 WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s AND currency = %(currency)s
"""


@dataclass(frozen=True, slots=True)
class Preview:
    """``reached`` is 0 where the group is too small to be told. Amounts are minor units, and None
    where nobody can say. ``fault`` is why it cannot be launched, or ""."""

    reached: int
    control: int
    targets: int
    most_minor: int | None
    worst_minor: int | None
    expected_basis_points: int
    is_assumed: bool
    expected_minor: int | None
    budget_left_minor: int | None
    fault: str

    @property
    def smallest_group(self) -> int:
        return smallest_group()


def preview_launch(launch: Launch) -> Preview:
    """The draft as it would be launched now."""
    campaign = launch.campaign
    members = choose_members(launch)
    held = sum(draws(launch.id, each, launch.control_basis_points) for each in members)
    is_told = len(members) >= smallest_group()
    targets = _in_steps(len(members) - held) if is_told else 0
    most, left = most_off(campaign.terms), campaign.budget_left_minor
    rate, is_assumed = _expected_rate(launch)
    mean = _mean_discount(launch)
    return Preview(
        reached=_in_steps(len(members)) if is_told else 0,
        control=_in_steps(held) if is_told else 0,
        targets=targets,
        most_minor=most,
        worst_minor=_least(None if most is None else targets * most, left),
        expected_basis_points=rate,
        is_assumed=is_assumed,
        expected_minor=None if mean is None else _least(targets * rate * mean // FULL, left),
        budget_left_minor=left,
        fault=_fault(launch, campaign, len(members), held),
    )


def _fault(launch: Launch, campaign: Campaign, reached: int, held: int) -> str:
    """What ``start_launch`` would refuse it for."""
    try:
        check_campaign(launch, campaign)
        check_not_too_few(reached, smallest_group())
        check_not_too_many(reached)
        check_budget(campaign, reached - held, is_first_come=launch.is_first_come)
    except Conflict as refusal:
        return refusal.detail
    return ""


def _in_steps(people: int) -> int:
    """Rounded up to the next multiple of the smallest group."""
    step = smallest_group()
    return -(-people // step) * step


def _least(cost: int | None, left: int | None) -> int | None:
    known = [each for each in (cost, left) if each is not None]
    return min(known, default=None)


def _expected_rate(launch: Launch) -> tuple[int, bool]:
    """Basis points of the coupons, and whether nobody knows: as staff say, or as before."""
    if launch.expected_basis_points is not None:
        return launch.expected_basis_points, False
    [(issued, redeemed)] = _ask(_LEARN, launch)
    if issued < FEWEST_COUPONS:
        return ASSUMED_BASIS_POINTS, True
    return share(redeemed, issued) or 0, False


def _mean_discount(launch: Launch) -> int | None:
    """What a redeemed coupon takes off: as it did so far, or as the terms let expect."""
    campaign = launch.campaign
    if campaign.redeemed_count:
        return campaign.redeemed_minor // campaign.redeemed_count
    terms = campaign.terms
    if terms.kind is not DiscountKind.PERCENTAGE:
        return most_off(terms)
    [(payment,)] = _ask(_MEAN_PAYMENT, launch)
    part = None if payment is None else payment * terms.basis_points // FULL
    return _least(part, terms.cap_minor)


def _ask(statement: str, launch: Launch) -> list[tuple[Any, ...]]:
    params = {
        "launch": launch.id,
        "programme": launch.programme_id,
        "merchant": launch.merchant_id,
        "livemode": launch.campaign.livemode,
        "currency": launch.campaign.currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
