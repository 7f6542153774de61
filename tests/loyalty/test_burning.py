"""Points as part payment: reserved with the payment, given back without a sale, never overspent."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from ledger.models import Entry
from loyalty.member_state import EntryKind, MemberStatus
from loyalty.models import BurnRule, Member, PointsEntry, Programme
from loyalty.services.check_points import check_points
from loyalty.services.points import Cause, add_points
from loyalty.services.sweep import sweep
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.factories.coupons import make_campaign, make_coupon
from tests.factories.loyalty import make_member, make_programme
from tests.fakes import CLOSED_BY_CANCEL, DECLINED, GIVEN_BACK_BY_CANCEL, PAID, REFUNDED, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def worth(programme: Programme, **changes: Any) -> BurnRule:
    """100 points are a dollar, of which the acquirer bears 30 %."""
    values = {"currency": "HKD", "points": 100, "minor": 100, "borne_basis_points": 3_000}
    with platform_scope():
        return BurnRule.objects.create(
            acquirer_id=programme.acquirer_id, programme=programme, **(values | changes)
        )


@pytest.fixture
def member(acme: Person, clock: ManualClock) -> Member:
    """Has 1000 points: 300 that expire in ten days, and 700 a day later."""
    programme = make_programme(acme, points_live_days=10)
    worth(programme)
    member = make_member(acme, programme)
    with platform_scope():
        add_points(member, EntryKind.ADJUST, 300, Cause("adjustment", member.id))
        clock.advance(86_400)
        add_points(member, EntryKind.ADJUST, 700, Cause("adjustment", programme.id))
    return member


def buy(person: Person, member: Member | None, points: Any, number: int = 1, **changes: Any) -> Any:
    order = body(person, points=points, merchant_reference=f"T-{number}", **changes)
    if member is not None:
        order["member"] = member.public_id
    return person.client().post("/v1/payments", order, format="json", **NOW)


def refund(person: Person, payment: Any, minor: int) -> None:
    path = f"/v1/payments/{payment['id']}/refunds"
    answer = person.client().post(path, {"amount": minor}, format="json", **NOW)
    assert answer.status_code == 201, answer.json()


def points(member: Member) -> int:
    with platform_scope():
        return Member.objects.get(id=member.id).points


def burns(member: Member) -> list[tuple[int, str]]:
    with platform_scope():
        rows = PointsEntry.objects.filter(member=member, kind=EntryKind.BURN).order_by("id")
        return list(rows.values_list("points", "cause_type"))


def test_points_pay_a_part_and_alipay_charges_the_rest(
    acme: Person, member: Member, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)

    shown = buy(acme, member, 500).json()

    assert (shown["amount"], shown["amount_charged"]) == (12_050, 11_550)
    assert shown["reductions"] == [{"kind": "points", "amount": 500, "points": 500}]
    assert scheme.asked("pay")[0].amount.minor == 11_550
    assert (points(member), burns(member)) == (500, [(-300, "payment"), (-200, "payment")])
    clock.advance(2)
    sweep()
    assert points(member) == 500 + 115  # on what was charged
    assert check_points(acme.acquirer) == []


def test_who_bears_it_stands_in_the_books(acme: Person, member: Member, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)
    buy(acme, member, 500)

    with platform_scope():
        rows = Entry.objects.filter(merchant_id=acme.merchant.id, account__kind="merchant_payable")
        assert -sum(rows.values_list("amount_minor", flat=True)) == 11_550 + 150


def test_the_same_request_again_spends_nothing_more_and_another_number_is_a_conflict(
    acme: Person, member: Member, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    first = buy(acme, member, 500)

    again = buy(acme, member, 500)
    others = [buy(acme, member, 400), buy(acme, member, None)]

    assert (again.status_code, again.json()) == (200, first.json())
    for other in others:
        assert (other.status_code, other.json()["code"]) == (409, "reference_reused")
        assert [fault["field"] for fault in other.json()["errors"]] == ["points"]
    assert points(member) == 500


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        (50, 400, "not_a_multiple"),
        (0, 400, "too_small"),
        (1_100, 409, "not_enough_points"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_and_nothing_moves(
    acme: Person, member: Member, scheme: FakeScheme, asked: int, status: int, code: str
) -> None:
    answer = buy(acme, member, asked)

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["field"], fault["code"]) == (status, "points", code)
    assert (points(member), burns(member), scheme.kinds()) == (1000, [], [])
    with platform_scope():
        assert not Payment.objects.exists()


def test_points_need_a_member_a_rule_for_the_currency_and_something_left_to_charge(
    acme: Person, member: Member, scheme: FakeScheme
) -> None:
    nobody = buy(acme, None, 500)
    everything = buy(acme, member, 500, amount=500)
    with platform_scope():
        BurnRule.objects.update(minimum_points=600)
    few = buy(acme, member, 500)
    with platform_scope():
        BurnRule.objects.update(currency="USD", minimum_points=0)
    foreign = buy(acme, member, 500)
    with platform_scope():
        Member.objects.filter(id=member.id).update(status=MemberStatus.SUSPENDED)
    suspended = buy(acme, member, 500)

    codes = [
        answer.json()["errors"][0]["code"]
        for answer in (nobody, everything, few, foreign, suspended)
    ]
    assert codes == [
        "member_needed", "nothing_left_to_charge", "too_few_points", "not_spendable",
        "not_spendable",
    ]  # fmt: skip
    assert (points(member), scheme.kinds()) == (1000, [])


def test_points_come_back_where_nothing_was_sold(
    acme: Person, member: Member, scheme: FakeScheme
) -> None:
    scheme.will("pay", DECLINED)
    assert buy(acme, member, 500).json()["status"] == "failed"

    assert points(member) == 1000
    assert burns(member) == [
        (-300, "payment"), (-200, "payment"), (300, "return"), (200, "return"),
    ] or burns(member) == [
        (-300, "payment"), (-200, "payment"), (200, "return"), (300, "return"),
    ]  # fmt: skip
    scheme.will("pay", PAID)
    assert buy(acme, member, 1000, number=2).json()["status"] == "succeeded"
    assert check_points(acme.acquirer) == []


@pytest.mark.parametrize("answer", [CLOSED_BY_CANCEL, GIVEN_BACK_BY_CANCEL])
def test_a_cancel_gives_all_of_them_back_once(
    acme: Person, member: Member, scheme: FakeScheme, clock: ManualClock, answer: Any
) -> None:
    scheme.will("pay", PAID)
    payment = buy(acme, member, 500).json()
    scheme.will("cancel", answer)

    for _ in range(2):
        acme.client().post(f"/v1/payments/{payment['id']}/cancel", **NOW)
        clock.advance(2)
        sweep()

    assert (points(member), check_points(acme.acquirer)) == (1000, [])


def test_refunds_give_points_back_in_proportion_and_end_exactly(
    acme: Person, member: Member, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    payment = buy(acme, member, 500).json()
    clock.advance(2)
    sweep()
    scheme.will("refund", REFUNDED)

    seen = []
    for minor in (3_850, 3_850, 3_849, 1):
        refund(acme, payment, minor)
        clock.advance(2)
        sweep()
        seen.append(sum(burn for burn, _ in burns(member)))

    assert seen == [-334, -167, -1, 0]  # of 500 a third, two thirds, all but a minor unit, all
    assert (points(member), check_points(acme.acquirer)) == (1000, [])


def test_points_of_a_lot_that_has_expired_meanwhile_come_back_for_a_month(
    acme: Person, member: Member, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    payment = buy(acme, member, 500).json()
    clock.advance(9 * 86_400 + 10)  # the first lot is over, the second lives a day more
    sweep()
    scheme.will("refund", REFUNDED)
    refund(acme, payment, 11_550)
    clock.advance(2)
    sweep()

    assert burns(member)[2:] == [(200, "refund")]
    assert points(member) == 1000
    clock.advance(29 * 86_400)
    sweep()
    assert points(member) == 300
    clock.advance(2 * 86_400)
    sweep()
    assert (points(member), check_points(acme.acquirer)) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_many_tills_that_spend_the_same_points_at_once_never_overspend(
    acme: Person, scheme: FakeScheme
) -> None:
    programme = make_programme(acme)
    worth(programme)
    member = make_member(acme, programme)
    with platform_scope():
        add_points(lock_or(member), EntryKind.ADJUST, 1000, Cause("adjustment", member.id))
    scheme.will("pay", PAID)

    answers = at_once(12, lambda number: buy(acme, member, 300, number).status_code)

    assert sorted(answers) == [201] * 3 + [409] * 9
    assert (points(member), len(scheme.asked("pay"))) == (100, 3)


def lock_or(member: Member) -> Member:
    with platform_scope():
        return Member.objects.select_related("programme").get(id=member.id)


def test_a_till_of_another_merchant_spends_nobody_elses_points(
    outsider: Person, member: Member, scheme: FakeScheme, api: APIClient
) -> None:
    answer = buy(outsider, member, 500)

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["member"]
    assert points(member) == 1000


def test_a_preview_says_how_many_points_may_be_spent_and_takes_none(
    acme: Person, outsider: Person, member: Member, scheme: FakeScheme, clock: ManualClock
) -> None:
    def ask(person: Person = acme, amount: int = 12050, **said: Any) -> Any:
        sale = {"amount": amount, "currency": "HKD", "store": person.store.public_id, **said}
        return person.client().post("/v1/coupons/preview", sale, format="json")

    def most(**said: Any) -> Any:
        return ask(member=member.public_id, **said).json()["points_spendable"]

    coupon = make_coupon(make_campaign(acme))  # 20.50 off
    assert most() == {"points": 1000, "amount": 1000}
    assert most(amount=1000) == {"points": 900, "amount": 900}  # one minor unit stays to charge
    assert most(amount=2450, coupon=coupon.code) == {"points": 300, "amount": 300}
    assert most(amount=100) is None
    tried = ask(member=member.public_id, points=800, coupon=coupon.code).json()
    assert (tried["id"], tried["amount_charged"]) == (coupon.public_id, 12050 - 2050 - 800)
    assert tried["reductions"][1] == {"kind": "points", "amount": 800, "points": 800}
    for said, code in (
        ({"points": 1100}, "not_enough_points"),
        ({"points": 150}, "not_a_multiple"),
        ({"points": 1000, "amount": 1000}, "nothing_left_to_charge"),
    ):
        fault = ask(member=member.public_id, **said).json()
        assert (fault["errors"][0]["code"], fault["errors"][0]["field"]) == (code, "points")
        assert fault["cashier_message"]
    assert ask(points=100, coupon=coupon.code).json()["errors"][0]["code"] == "member_needed"
    assert ask().json()["errors"][0]["field"] == "coupon"
    assert ask(outsider, member=member.public_id).json()["errors"][0]["field"] == "member"
    clock.advance(10 * 86_400)  # all of them have expired
    assert most() is None
    with platform_scope():
        assert sorted(PointsEntry.objects.values_list("points", flat=True)) == [300, 700]
    assert scheme.kinds() == []
