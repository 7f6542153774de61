"""Insights are the payments': kept as they change, the same as counted from nothing."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from kernel.clock import ManualClock, now
from loyalty.member_state import Purpose
from loyalty.models import Member, Product
from loyalty.services.agree import agree
from loyalty.services.forget import forget_member
from loyalty.services.join import Agreement
from payments.models import Payment, Refund, Transition
from portal.insights import customers, days
from portal.insights.days import Unit
from portal.models import (
    Analysis,
    ChangedMember,
    Cohort,
    Customer,
    CustomerDay,
    DayCampaign,
    DayCategory,
    DayGoods,
    DaySales,
    DayWallet,
    Progress,
)
from portal.services.analyse import analyse, recount_insights
from tenancy.scope import platform_scope, tenant_scope
from tests.conftest import START
from tests.factories.loyalty import make_member, make_programme
from tests.people import Person

pytestmark = pytest.mark.django_db
COUNTED: tuple[type[Any], ...] = (
    DaySales, DayWallet, DayCategory, DayGoods, DayCampaign, CustomerDay, Customer, Cohort,
    Analysis,
)  # fmt: skip
CONSENTS = (Purpose.MEMBERSHIP, Purpose.WALLET)
TEA = {"name": "Tea", "sku": "T1", "category": "drinks", "quantity": 2, "unit_amount": 1500}
CAKE = {
    "name": "Cake", "sku": "C1", "category": "food", "quantity": 1, "unit_amount": 3000,
    "unit_cost": 1000,
}  # fmt: skip


def kept() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, without what each insert makes anew."""
    found = {}
    with platform_scope():
        for model in COUNTED:
            rows = [
                {k: v for k, v in row.items() if k not in {"id", "created_at"}}
                for row in model.objects.values()
            ]
            found[model.__name__] = sorted(rows, key=lambda row: [str(v) for v in row.values()])
    return found


def forget_everything() -> None:
    with platform_scope():
        for model in COUNTED:
            model.objects.all().delete()


_number = iter(range(10**9))


def sell(person: Person, clock: ManualClock, **changes: Any) -> Payment:
    """A payment of now as the table keeps it, without the way there."""
    number = next(_number)
    values: dict[str, Any] = {
        "status": "succeeded",
        "store": person.store,
        "amount_minor": 6000,
        "currency": "HKD",
        "payer_wallet": "alipay",
        "payer_currency": "CNY",
        "items": [TEA, CAKE],
    }
    with platform_scope():
        return Payment.objects.create(
            acquirer=person.acquirer,
            merchant=person.merchant,
            partner_account=person.partner_account,
            livemode=False,
            scheme="alipay",
            expires_at=clock.now(),
            merchant_reference=f"R{number}",
            partner_trans_id=f"trans-{number}",
            payment_code_masked="28",
            payment_code_digest=bytes(32),
            **(values | changes),
        )


def change(payment: Payment, event: str, **values: Any) -> None:
    """What apply.py leaves behind: the row as it is now, and a transition."""
    with platform_scope():
        Payment.objects.filter(id=payment.id).update(**values)
        Transition.objects.create(
            acquirer_id=payment.acquirer_id,
            merchant_id=payment.merchant_id,
            payment=payment,
            from_status="processing",
            event=event,
            to_status=values.get("status", "succeeded"),
            actor="driver",
        )


def give_back(payment: Payment, amount: int) -> None:
    """A refund that Alipay confirmed."""
    with platform_scope():
        Refund.objects.create(
            acquirer_id=payment.acquirer_id,
            merchant_id=payment.merchant_id,
            payment=payment,
            livemode=False,
            status="succeeded",
            amount_minor=amount,
            currency="HKD",
            partner_refund_id=f"refund-{next(_number)}",
        )
        Payment.objects.filter(id=payment.id).update(
            refunded_minor=amount, refund_reserved_minor=amount
        )


def run() -> None:
    """As often as it takes: a run works off a day of changes."""
    analyse()
    while ChangedMember.objects.exists() or Progress.objects.get(name="insights").until < now():
        analyse()


@pytest.fixture(autouse=True)
def _everybody() -> Any:
    with platform_scope():
        yield


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_bit_by_bit_equals_what_is_counted_from_nothing(
    seed: int, clock: ManualClock, acme: Person, rival: Person, outsider: Person
) -> None:
    dice = random.Random(seed)
    programme = make_programme(acme, rival)
    members = [make_member(acme, programme) for _ in range(8)]
    sold: list[Payment] = []
    for _ in range(70):
        person = dice.choice((acme, acme, rival, outsider))
        act = dice.random()
        if act < 0.6 or not sold:
            who = dice.choice((*members, None)) if person is not outsider else None
            payment = sell(
                person,
                clock,
                member_id=who and who.id,
                member_is_recognized=bool(who) and dice.random() < 0.3,
                amount_minor=dice.choice((1000, 6000, 9000)),
                status=dice.choice(("succeeded", "succeeded", "processing", "failed")),
                currency=dice.choice(("HKD", "HKD", "USD")),
                payer_wallet=dice.choice(("alipay", "alipay_hk", None)),
                items=dice.choice(([], [TEA], [TEA, CAKE])),
            )
            sold.append(payment)
        elif act < 0.7:
            change(dice.choice(sold), "paid", status="succeeded")
        elif act < 0.78:
            change(
                dice.choice(sold),
                "cancel_confirmed",
                status="canceled",
                refunded_minor=0,
                refund_reserved_minor=0,
            )
        elif act < 0.9:
            give_back(dice.choice(sold), dice.choice((400, 1000)))
        elif act < 0.97:
            who = dice.choice(members)
            if not Member.objects.get(id=who.id).is_forgotten:
                agreed = Agreement(dice.choice(CONSENTS), "1", dice.random() < 0.8)
                agree(who, agreed, recorded_by="t")
        else:
            forget_member(dice.choice(members))
        clock.advance(dice.choice((60, 3600, 40_000, 200_000)))
        if dice.random() < 0.3:
            run()
    run()
    before = kept()

    forget_everything()
    recount_insights(START - timedelta(days=1), clock.now())

    assert kept() == before
    assert len(before["CustomerDay"]) > 2
    assert len(before["Cohort"]) > 2
    merchants = {row["merchant_id"] for row in before["DaySales"]}
    assert merchants == {acme.merchant.id, rival.merchant.id, outsider.merchant.id}
    forgotten = set(Member.objects.filter(status="forgotten").values_list("id", flat=True))
    for table in ("CustomerDay", "Customer"):
        assert not forgotten & {row["member_id"] for row in before[table]}


def test_a_days_sales_baskets_and_wallets_are_added_up(clock: ManualClock, acme: Person) -> None:
    who = make_member(acme, make_programme(acme))
    sell(acme, clock, member_id=who.id)
    clock.advance(3600)
    give_back(sell(acme, clock, payer_wallet="alipay_hk", payer_currency="HKD"), 2000)
    sell(acme, clock, status="failed")
    sell(acme, clock, items=[], amount_minor=500)

    run()

    (sales,) = kept()["DaySales"]
    hours = [0] * 24
    hours[14], hours[15] = 1, 2  # 06:30 UTC in Hong Kong, and an hour later
    assert (sales["day"].isoformat(), sales["currency"], sales["hours"]) == (
        "2026-11-22", "HKD", hours,
    )  # fmt: skip
    assert [sales["hour_amounts"][14], sales["hour_amounts"][15]] == [6000, 6500]
    names = (
        "payments", "amount_minor", "refunded_payments", "refunded_minor", "with_items", "units",
        "known_payments", "known_minor",
    )  # fmt: skip
    assert [sales[name] for name in names] == [3, 12500, 1, 2000, 2, 6, 1, 6000]
    wallets = [(row["wallet"], row["payments"], row["amount_minor"]) for row in kept()["DayWallet"]]
    assert sorted(wallets) == [("alipay", 2, 6500), ("alipay_hk", 1, 6000)]
    basket = [
        [row[k] for k in ("category", "payments", "units", "amount_minor", "costed_minor",
                          "cost_minor")]
        for row in kept()["DayCategory"]
    ]  # fmt: skip
    assert sorted(basket) == [["drinks", 2, 4, 6000, 0, 0], ["food", 2, 2, 6000, 6000, 2000]]
    assert [(row["sku"], row["name"], row["units"]) for row in kept()["DayGoods"]] == [
        ("C1", "Cake", 2), ("T1", "Tea", 4),
    ]  # fmt: skip


def test_what_a_till_leaves_out_is_the_catalogues_of_its_own_merchant_and_currency(
    clock: ManualClock, acme: Person, rival: Person
) -> None:
    bare = {"name": "Tea", "sku": "T1", "quantity": 2, "unit_amount": 1500}
    for person, category, cost in ((acme, "drinks", 400), (rival, "herbs", 900)):
        Product.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, sku="T1", name="Tea",
            category=category, currency="HKD", cost_minor=cost,
        )  # fmt: skip
    sell(acme, clock, items=[bare, bare | {"category": "hot", "unit_cost": 0}])
    sell(acme, clock, items=[bare], currency="USD")
    run()

    def told(currency: str) -> list[tuple[Any, ...]]:
        rows = DayCategory.objects.filter(merchant=acme.merchant, currency=currency)
        return sorted(rows.values_list("category", "amount_minor", "costed_minor", "cost_minor"))

    assert told("HKD") == [("drinks", 3000, 3000, 800), ("hot", 3000, 3000, 0)]
    assert told("USD") == [("", 3000, 0, 0)]
    assert not DayCategory.objects.filter(merchant=rival.merchant).exists()


def test_a_day_is_the_acquirers_and_ends_at_its_midnight(clock: ManualClock, acme: Person) -> None:
    clock.advance(9 * 3600 + 29 * 60 + 54)  # 23:59:59 in Hong Kong
    sell(acme, clock)
    clock.advance(2)
    sell(acme, clock)

    run()

    assert [(row["day"].day, row["payments"]) for row in kept()["DaySales"]] == [(22, 1), (23, 1)]


def test_a_late_refund_changes_the_day_of_the_sale_and_the_customers_money(
    clock: ManualClock, acme: Person
) -> None:
    who = make_member(acme, make_programme(acme))
    payment = sell(acme, clock, member_id=who.id)
    run()
    clock.advance(20 * 86400)
    run()
    give_back(payment, 2500)

    run()

    (sales,), (customer,) = kept()["DaySales"], kept()["Customer"]
    assert (sales["day"].day, sales["refunded_minor"]) == (22, 2500)
    assert (customer["net_minor"], customer["visits"], customer["persona"]) == (3500, 1, "new")
    assert customer["as_of"].isoformat() == "2026-12-12"


@pytest.mark.parametrize("how", ["forgotten", "took it back"])
def test_who_is_forgotten_or_no_member_any_more_is_gone_from_every_table(
    how: str, clock: ManualClock, acme: Person, rival: Person
) -> None:
    programme = make_programme(acme, rival)
    who, stays = make_member(acme, programme), make_member(acme, programme)
    for person in (acme, rival):
        sell(person, clock, member_id=who.id)
        sell(person, clock, member_id=stays.id)
    run()
    clock.advance(3 * 86400)
    run()
    assert Customer.objects.filter(member=who).count() == 2

    with tenant_scope(acme.acquirer.id, acme.merchant.id):  # sees nothing of the rival's rows
        if how == "forgotten":
            forget_member(who)
        else:
            agree(who, Agreement(Purpose.MEMBERSHIP, "1", is_given=False), recorded_by="t")
    run()

    for model in COUNTED:
        if any(field.name == "member" for field in model._meta.fields):
            assert set(model.objects.values_list("member_id", flat=True)) == {stays.id}
    assert [row["known_payments"] for row in kept()["DaySales"]] == [1, 1]
    assert {row["customers"] for row in kept()["Cohort"]} == {1}
    assert not ChangedMember.objects.exists()


def test_who_agrees_again_is_counted_again_with_what_was(clock: ManualClock, acme: Person) -> None:
    who = make_member(acme, make_programme(acme))
    sell(acme, clock, member_id=who.id)
    run()
    agree(who, Agreement(Purpose.MEMBERSHIP, "1", is_given=False), recorded_by="t")
    run()
    assert kept()["CustomerDay"] == []

    clock.advance(1)
    agree(who, Agreement(Purpose.MEMBERSHIP, "2"), recorded_by="t")
    run()

    assert [row["visits"] for row in kept()["CustomerDay"]] == [1]


def test_a_wallet_that_was_known_counts_as_its_member_while_they_agree_to_that(
    clock: ManualClock, acme: Person
) -> None:
    who = make_member(acme, make_programme(acme))
    sell(acme, clock, member_id=who.id, member_is_recognized=True)
    run()
    assert kept()["CustomerDay"] == []
    agree(who, Agreement(Purpose.WALLET, "1"), recorded_by="t")
    sell(acme, clock, member_id=who.id)
    run()
    assert [row["visits"] for row in kept()["CustomerDay"]] == [2]

    clock.advance(1)
    agree(who, Agreement(Purpose.WALLET, "1", is_given=False), recorded_by="t")
    run()

    assert [row["visits"] for row in kept()["CustomerDay"]] == [1]
    assert [row["known_payments"] for row in kept()["DaySales"]] == [1]


def test_customers_come_back_by_week_and_month_and_late_ones_are_at_risk(
    clock: ManualClock, acme: Person
) -> None:
    programme = make_programme(acme)
    often, once = make_member(acme, programme), make_member(acme, programme)
    sell(acme, clock, member_id=once.id)
    for _ in range(4):  # 22 and 29 November, 6 and 13 December 2026: Sundays
        sell(acme, clock, member_id=often.id)
        clock.advance(7 * 86400)
        run()
    clock.advance(14 * 86400)  # 3 January: three weeks after the last, of an interval of one

    run()

    found = {row["member_id"]: row for row in kept()["Customer"]}
    regular, single = found[often.id], found[once.id]
    assert (regular["days"], regular["interval_hours"], regular["late_percent"]) == (4, 168, 300)
    assert (regular["risk"], single["risk"]) == ("overdue", "gone")  # six weeks, and one is usual
    assert regular["expected_minor"] == round(6000 * (8760 / 168) * 0.2)
    assert single["expected_minor"] == 0
    weeks = [
        (row["age"], row["customers"], row["net_minor"])
        for row in kept()["Cohort"]
        if row["grain"] == "week"
    ]
    assert weeks == [(0, 2, 12000), (1, 1, 6000), (2, 1, 6000), (3, 1, 6000)]
    months = [(r["age"], r["customers"]) for r in kept()["Cohort"] if r["grain"] == "month"]
    assert months == [(0, 2), (1, 1)]


def test_a_basket_that_no_column_could_hold_is_cut_and_stops_nobody(
    clock: ManualClock, acme: Person
) -> None:
    huge = TEA | {"quantity": 1_000_000, "unit_amount": 10_000_000_000}
    for _ in range(5):
        sell(acme, clock, items=[huge] * 200)

    run()

    assert [row["amount_minor"] for row in kept()["DayCategory"]] == [9 * 10**18]


def test_no_merchant_and_no_acquirer_sees_anothers_insights(
    clock: ManualClock, acme: Person, rival: Person, outsider: Person
) -> None:
    for person in (acme, outsider):
        sell(person, clock, member_id=make_member(person, make_programme(person)).id)
    clock.advance(86400)
    run()

    for person, expected in ((acme, 1), (rival, 0), (outsider, 1)):
        with tenant_scope(person.acquirer.id, person.merchant.id):
            counts = {m.__name__: m.objects.count() for m in COUNTED if m not in (Cohort,)}
        with tenant_scope(person.acquirer.id, person.merchant.id):
            assert Cohort.objects.count() == 2 * expected
        assert counts.pop("DayCategory") == counts.pop("DayGoods") == 2 * expected
        assert counts.pop("DayCampaign") == 0  # no coupon: tests/portal/test_campaign_results.py
        assert set(counts.values()) == {expected}


def test_counting_and_analysing_read_indexes_however_many_rows(acme: Person) -> None:
    unit = Unit(acme.acquirer.id, acme.merchant.id, False, date(2026, 11, 22), "Asia/Hong_Kong")
    given = days.parameters(unit) | {"as_of": unit.day}

    with connection.cursor() as cursor:
        for name in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
        plans = []
        for statement in (*days.STATEMENTS, *customers.STATEMENTS):
            cursor.execute(f"EXPLAIN {statement}", given)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))

    assert len(plans) == 8
    for plan in plans:
        assert "Seq Scan" not in plan, plan
    assert "on payments_payment p" in plans[0]
