"""Campaign results are the redemptions': by day, place and campaign, the same as recounted."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.clock import ManualClock
from loyalty.models import Campaign, Redemption
from loyalty.services.issue import issue_codes, share_code
from payments.models import Payment
from portal.models import DayCampaign
from portal.services.analyse import recount_insights
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign, make_coupon
from tests.factories.merchants import AcquirerKeyFactory, StoreFactory
from tests.people import Person, client_with
from tests.portal.test_insight_reports import ask_of, told
from tests.portal.test_insights import change, give_back, run, sell
from tests.portal.test_insights_page import look, rows, signed_in

pytestmark = pytest.mark.django_db


def redeem(person: Person, clock: ManualClock, campaign: Campaign, **changes: Any) -> Redemption:
    """A paid payment with a new coupon of the campaign, HKD 20.50 off, 60% of it the acquirer's."""
    coupon = make_coupon(campaign)
    payment = sell(person, clock, **{"amount_minor": 10_000, **changes})
    with platform_scope():
        return Redemption.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, campaign=campaign, coupon=coupon,
            payment=payment, status="redeemed", amount_minor=2050, borne_minor=1230,
            currency="HKD",
        )  # fmt: skip


def kept() -> dict[tuple[Any, ...], tuple[int, ...]]:
    with platform_scope():
        return {
            (row.merchant_id, row.store_id, row.day, row.campaign_id): (
                row.payments, row.discount_minor, row.borne_minor, row.sales_minor,
            )
            for row in DayCampaign.objects.all()
        }  # fmt: skip


def counted_anew() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """From the rows, in plain Python: Hong Kong is eight hours ahead."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    with platform_scope():
        for row in Redemption.objects.filter(status="redeemed").select_related("payment"):
            if row.payment.status != "succeeded":
                continue
            day = (row.payment.created_at + timedelta(hours=8)).date()
            key = (row.merchant_id, row.payment.store_id, day, row.campaign_id)
            left = row.amount_minor - row.returned_minor
            values = (1, left, row.borne_minor * left // row.amount_minor,
                      row.payment.amount_minor - row.payment.refunded_minor)  # fmt: skip
            found = sums.setdefault(key, [0] * 4)
            sums[key] = [had + more for had, more in zip(found, values, strict=True)]
    return {key: tuple(values) for key, values in sums.items()}


def test_a_random_history_is_counted_as_it_is_recounted(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    dice = random.Random(7)
    people = (acme, rival, outsider)
    campaigns = {acme: make_campaign(acme, rival), outsider: make_campaign(outsider)}
    campaigns[rival] = campaigns[acme]
    made: list[Redemption] = []
    for _ in range(4):
        made += [redeem(who, clock, campaigns[who]) for who in dice.choices(people, k=5)]
        for row in dice.sample(made, 2):
            with platform_scope():
                payment = Payment.objects.get(id=row.payment_id)
                current = Redemption.objects.get(id=row.id)
                if payment.status != "succeeded" or payment.refunded_minor:
                    continue
                if dice.random() < 0.5:
                    current.status = "returned"
                else:
                    current.returned_minor = 683
                current.save()
            if current.status == "returned":
                change(payment, "canceled", status="canceled")
            else:
                give_back(payment, 3333)
        clock.advance(9 * 3600)
        with platform_scope():
            run()

    assert len(kept()) > 3
    assert kept() == counted_anew()
    before = kept()
    with platform_scope():
        DayCampaign.objects.all().delete()
        recount_insights(clock.now() - timedelta(days=30), clock.now())
    assert kept() == before


def test_a_report_tells_who_bears_what_and_each_key_its_own(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    shared, own = make_campaign(acme, rival, name="Shared"), make_campaign(acme, name="Own")
    strangers = make_campaign(outsider, name="Strange")
    other_store = StoreFactory(merchant=acme.merchant)
    redeem(acme, clock, shared)
    redeem(acme, clock, shared, store=other_store)
    give_back(redeem(acme, clock, own).payment, 1000)
    redeem(rival, clock, shared)
    redeem(outsider, clock, strangers)
    with tenant_scope(acme.acquirer.id):
        issue_codes(shared, 5, issued_by="staff:ada@example.com")
        share_code(own, "TEA10", issued_by="staff:ada@example.com")
    with platform_scope():
        run()

    def names(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        columns = ("name", "redeemed", "discount", "borne_by_acquirer", "borne_by_merchants",
                   "sales", "mean")  # fmt: skip
        return [tuple(row[column] for column in columns) for row in found]

    mine = acme.client().get("/v1/insights/campaigns").json()["data"]
    assert names(mine) == [
        ("Shared", 2, 4100, 2460, 1640, 20_000, 10_000),
        ("Own", 1, 2050, 1230, 820, 9_000, 9_000),
    ]
    # Eight codes of Shared: three were used for these sales, five were only issued.
    assert [(row["issued"], row["redeemed_share"]) for row in mine] == [(8, 3750), (1, 10_000)]
    assert mine[0]["campaign"] == shared.public_id
    at_store = acme.client().get(f"/v1/insights/campaigns?store={other_store.public_id}").json()
    assert names(at_store["data"])[0] == ("Shared", 1, 2050, 1230, 820, 10_000, 10_000)
    bank = client_with(AcquirerKeyFactory(acquirer=acme.acquirer, scopes=["insights:read"]).text)
    assert names(bank.get("/v1/insights/campaigns").json()["data"])[0][:3] == ("Shared", 3, 6150)
    theirs = rival.client().get("/v1/insights/campaigns").json()["data"]
    assert names(theirs) == [("Shared", 1, 2050, 1230, 820, 10_000, 10_000)]
    earlier = ask_of(acme, since=date(2026, 10, 1), until=date(2026, 11, 1))
    assert told("campaigns", earlier) == []
    text = acme.client().get("/v1/insights/campaigns?form=csv").content.decode("utf-8-sig")
    assert f"{shared.public_id},Shared,8,0.375,2,41.00,24.60,16.40,200.00,100.00,HKD" in text

    shown = look(signed_in(acme.acquirer), view="campaigns", merchant=acme.merchant.public_id)
    assert rows(shown, "campaigns")[0] == [
        "Shared", "8", "37.5%", "2", "HKD 41.00", "HKD 24.60", "HKD 16.40", "HKD 200.00",
    ]  # fmt: skip
    assert "Strange" not in shown.content.decode()
