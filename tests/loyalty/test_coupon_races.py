"""Many tills and one coupon, on real transactions: one wins, and no budget is exceeded."""

from collections import Counter
from collections.abc import Callable
from itertools import chain

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Conflict
from loyalty.models import Campaign, Coupon, Redemption
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.factories.coupons import make_campaign, make_coupon
from tests.fakes import PAID, FakeScheme
from tests.payments.conftest import pay
from tests.people import Person
from tests.racing import at_once

__all__ = ["pay"]
pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 100
Pay = Callable[..., Payment]


def race(pay: Pay, codes: list[str]) -> Counter[str]:
    """Each code by a till of its own, at once, eight at a time; how they ended."""
    numbered = list(enumerate(codes))

    def sell(number: int, code: str) -> str:
        try:
            pay(merchant_reference=f"R-{number}", reductions={"coupon": [code]})
        except Conflict as refusal:
            return refusal.errors[0].code
        return "paid"

    ends = at_once(8, lambda cashier: [sell(*each) for each in numbered[cashier::8]])
    return Counter(chain.from_iterable(ends))


def test_a_hundred_tills_and_the_last_use_of_a_coupon(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    coupon = make_coupon(make_campaign(acme))

    assert race(pay, [coupon.code] * TILLS) == {"paid": 1, "used_up": TILLS - 1}
    with platform_scope():
        assert Payment.objects.count() == Redemption.objects.count() == 1
        assert Coupon.objects.get().redeemed_count == 1


def test_a_budget_is_spent_to_the_last_whole_coupon_and_not_exceeded(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    campaign = make_campaign(acme, budget_minor=7 * 2050 + 2049)
    codes = [make_coupon(campaign).code for _ in range(24)]

    assert race(pay, codes) == {"paid": 7, "budget_spent": 17}
    with platform_scope():
        row = Campaign.objects.get()
        assert (row.reserved_count, row.redeemed_count, row.redeemed_minor) == (0, 7, 7 * 2050)
        payment, coupon = Payment.objects.first(), Coupon.objects.filter(redeemed_count=0).first()
        with pytest.raises(IntegrityError), transaction.atomic():  # nobody checked
            Redemption.objects.create(
                acquirer=acme.acquirer, merchant=acme.merchant, campaign=row, coupon=coupon,
                payment=payment, amount_minor=2050, currency="HKD",
            )  # fmt: skip
