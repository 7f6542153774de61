"""Precision marketing: a segment is chosen, previewed, launched and measured by its acquirer."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from kernel.clock import ManualClock
from loyalty.discounts import DiscountKind
from loyalty.models import (
    AudienceMember,
    Coupon,
    Launch,
    Member,
    PointsEntry,
    Programme,
    Redemption,
    Tier,
)
from loyalty.services.forget import forget_member
from loyalty.services.issue_launch import issue_launch
from portal.marketing.choose import choose_members
from portal.marketing.preview import preview_launch
from portal.marketing.results import read_result
from portal.marketing.segment import Segment
from portal.models import Customer, CustomerDay
from portal.services.launch_segment import launch_segment
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign
from tests.factories.launches import agree_to, make_audience, make_launch
from tests.factories.loyalty import make_member, make_programme
from tests.people import Person
from tests.portal.test_insights import sell
from tests.portal.test_insights_page import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def put_customer(person: Person, member: Member, **changes: Any) -> None:
    values: dict[str, Any] = {
        "persona": "champion", "risk": "on_time", "recency": 5, "frequency": 5, "monetary": 5,
        "net_year_minor": 10_000, "visits_year": 4, "currency": "HKD",
    }  # fmt: skip
    with platform_scope():
        Customer.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, livemode=False, member=member,
            as_of=DAY, first_day=DAY, last_day=DAY, days=1, visits=4, net_minor=10_000,
            expected_minor=0, **(values | changes),
        )  # fmt: skip


def put_day(
    person: Person, member_id: UUID, amount: int, *, visits: int = 1, day: date = DAY
) -> None:
    with platform_scope():
        CustomerDay.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, livemode=False, store=person.store,
            day=day, currency="HKD", member_id=member_id, visits=visits, amount_minor=amount,
            refunded_minor=0,
        )  # fmt: skip


def chosen(launch: Launch, **segment: Any) -> set[UUID]:
    launch.segment = Segment(**segment).model_dump(exclude_defaults=True)
    with tenant_scope(launch.acquirer_id):
        return set(choose_members(launch))


def test_each_test_of_a_segment_holds_within_one_merchant_and_currency(
    acme: Person, rival: Person
) -> None:
    programme = make_programme(acme, rival)
    champion, sleeper, elsewhere = make_audience(acme, programme, 3)
    silent = make_member(acme, programme)
    put_customer(acme, champion)
    put_customer(acme, sleeper, persona="at_risk", risk="gone", recency=1, frequency=4, monetary=2,
                 net_year_minor=900, visits_year=9)  # fmt: skip
    put_customer(rival, elsewhere)
    put_customer(acme, elsewhere, currency="CNY")
    put_customer(acme, silent)
    launch = make_launch(make_campaign(acme), programme, merchant=acme.merchant)
    one, other = champion.id, sleeper.id

    assert chosen(launch) == {one, other}
    assert chosen(launch, personas=["at_risk", "lost"]) == {other}
    assert chosen(launch, risks=["on_time"]) == {one}
    assert chosen(launch, recency=[4, 5]) == {one}
    assert chosen(launch, frequency=[4]) == {other}
    assert chosen(launch, monetary=[1, 2]) == {other}
    assert chosen(launch, spend_from_minor=900, spend_until_minor=9_999) == {other}
    assert chosen(launch, spend_from_minor=901) == {one}
    assert chosen(launch, visits_until=4) == {one}
    assert chosen(launch, personas=["at_risk"], risks=["on_time"]) == set()
    launch.merchant = None
    assert chosen(launch) == {one, other, elsewhere.id}


def test_a_tier_is_what_the_till_says_it_is(acme: Person, clock: ManualClock) -> None:
    programme = make_programme(acme)
    silver, gold, none = make_audience(acme, programme, 3)
    launch = make_launch(make_campaign(acme), programme)
    with platform_scope():
        for member, points in ((silver, 1000), (gold, 5000)):
            PointsEntry.objects.create(
                acquirer=acme.acquirer, programme=programme, member=member, kind="earn",
                points=points, expires_at=clock.now() + timedelta(days=9), cause_type="payment",
                cause_id=member.id,
            )  # fmt: skip
        tiers = {tier.name: str(tier.id) for tier in Tier.objects.filter(programme=programme)}

    assert chosen(launch, tiers=[tiers["Silver"]]) == {silver.id}
    assert chosen(launch, tiers=[tiers["Gold"], "none"]) == {gold.id, none.id}
    clock.advance(366 * 24 * 3600)
    assert chosen(launch, tiers=["none"]) == {silver.id, gold.id, none.id}


def test_a_preview_says_size_and_cost_and_one_person_more_looks_the_same(acme: Person) -> None:
    programme = make_programme(acme)
    make_audience(acme, programme, 4)
    campaign = make_campaign(acme, budget_minor=40_000)
    launch = make_launch(campaign, programme, control_basis_points=0)

    def preview(row: Launch = launch) -> Any:
        with tenant_scope(acme.acquirer.id):
            return preview_launch(row)

    few = preview()
    assert (few.reached, few.targets, few.worst_minor, few.fault) == (
        0, 0, 0, "Too few members: so small a group is not told, nor written to."
    )  # fmt: skip
    make_audience(acme, programme, 8)
    twelve = preview()
    make_audience(acme, programme, 1)
    assert preview() == twelve
    assert (twelve.reached, twelve.control, twelve.targets) == (15, 0, 15)
    assert (twelve.most_minor, twelve.worst_minor, twelve.budget_left_minor) == (
        2050, 30_750, 40_000,
    )  # fmt: skip
    assert (twelve.expected_basis_points, twelve.is_assumed, twelve.expected_minor) == (
        1000, True, 3075,
    )  # fmt: skip
    make_audience(acme, programme, 7)
    assert preview().fault == "More coupons than the campaign's budget can pay."
    assert preview().worst_minor == 40_000
    launch.expected_basis_points = 5000
    assert (preview().expected_minor, preview().is_assumed) == (20_500, False)

    part = make_campaign(acme, kind=DiscountKind.PERCENTAGE, basis_points=1000)
    member = make_audience(acme, programme, 1)[0]
    put_customer(acme, member, net_year_minor=30_000, visits_year=3)
    whole = preview(make_launch(part, programme, merchant=acme.merchant))
    assert (whole.most_minor, whole.worst_minor, whole.budget_left_minor) == (None, None, None)


def test_both_groups_are_measured_and_the_difference_has_its_interval(
    acme: Person, rival: Person, clock: ManualClock
) -> None:
    programme = make_programme(acme, rival)
    members = make_audience(acme, programme, 100)
    campaign = make_campaign(acme)
    launch = make_launch(campaign, programme, control_basis_points=4000, measured_days=7)
    with tenant_scope(acme.acquirer.id):
        launch_segment(launch, by="staff:ada@example.com")
    issue_launch(launch.id, acquirer_id=acme.acquirer.id)
    with platform_scope():
        launch = Launch.objects.select_related("acquirer", "campaign").get(id=launch.id)
        rows = list(AudienceMember.objects.filter(launch=launch).select_related("coupon"))
    targets = [row for row in rows if row.status == "issued"]
    control = [row for row in rows if row.status == "control"]
    assert min(len(targets), len(control)) >= 30
    for number, row in enumerate(targets):
        if number % 2 and row.member_id:
            put_day(acme, row.member_id, 5000, visits=2)
    for row in control[:3]:
        assert row.member_id
        put_day(acme, row.member_id, 1000)
        put_day(acme, row.member_id, 99_999, day=DAY + timedelta(days=7))  # after its days
        put_day(rival, row.member_id, 99_999)  # not of the campaign
    payment = sell(acme, clock, amount_minor=9000, member_id=targets[0].member_id)
    with platform_scope():
        Redemption.objects.create(
            acquirer=acme.acquirer, merchant=acme.merchant, campaign=campaign, payment=payment,
            coupon=targets[0].coupon, member_id=targets[0].member_id, status="redeemed",
            amount_minor=2050, returned_minor=50, currency="HKD",
        )  # fmt: skip

    with tenant_scope(acme.acquirer.id):
        found = read_result(launch)

    half = len(targets) // 2
    assert (found.since, found.until, found.is_over) == (DAY, DAY + timedelta(days=7), False)
    assert (found.issued, found.redeemed, found.discount_minor) == (len(targets), 1, 2000)
    assert found.targets is not None
    assert found.control is not None
    assert (found.targets.members, found.targets.came) == (len(targets), half)
    assert (found.targets.visits.total, found.targets.spend.total) == (2 * half, 5000 * half)
    assert found.targets.spend.squares == 5000**2 * half
    assert (found.control.members, found.control.came) == (len(control), 3)
    assert (found.control.visits.total, found.control.spend.total) == (3, 3000)
    assert found.spend is not None
    assert found.spend.value == pytest.approx(5000 * half / len(targets) - 3000 / len(control))
    assert found.spend.low > 0
    assert found.brought is not None
    assert found.brought.value == pytest.approx(found.spend.value * len(targets))
    assert found.came is not None

    with platform_scope():
        forget_member(Member.objects.get(id=control[0].member_id))
        for row in control[3:-2]:
            agree_to(Member.objects.get(id=row.member_id), "membership", is_given=False)  # type: ignore[arg-type]
    with tenant_scope(acme.acquirer.id):
        later = read_result(launch)
    assert (later.control, later.targets, later.spend) == (None, None, None)  # 4 are too few
    assert members[0].programme_id == programme.id


PAGE = "admin:loyalty_launch_"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Win them back", "control_basis_points": 0, "measured_days": 28, **changes,
    }  # fmt: skip


@pytest.fixture
def shop(acme: Person) -> tuple[Programme, list[Member]]:
    programme = make_programme(acme)
    members = make_audience(acme, programme, 6)
    for member in members:
        put_customer(acme, member, persona="at_risk")
    with platform_scope():
        Member.objects.filter(id=members[0].id).update(joined_at=members[0].joined_at)
        members[0].person_name, members[0].phone = "=Mei", "+85291234567"
        members[0].save()
    return programme, members


def test_staff_draft_a_launch_look_at_it_launch_it_and_take_the_addresses(
    acme: Person, shop: tuple[Programme, list[Member]], outsider: Person
) -> None:
    programme, members = shop
    campaign = make_campaign(acme)
    client = signed_in(acme.acquirer, Role.OPERATIONS)
    said = form(campaign=campaign.pk, programme=programme.pk, personas=["at_risk"])

    nobodys = client.post(reverse(PAGE + "add"), said)
    assert "Say whose customers" in nobodys.content.decode()
    said |= {"merchant": acme.merchant.pk, "spend_from_minor": "0.09", "spend_until_minor": "0.05"}
    assert "Less than where it begins" in client.post(reverse(PAGE + "add"), said).content.decode()
    with platform_scope():
        assert not Launch.objects.exists()
    said |= {"spend_until_minor": ""}
    assert client.post(reverse(PAGE + "add"), said).status_code == 302
    with platform_scope():
        launch = Launch.objects.get()
    assert launch.acquirer_id == acme.acquirer.id
    assert launch.segment == {"personas": ["at_risk"], "spend_from_minor": 9}

    page = reverse(PAGE + "change", args=[launch.pk])
    draft = client.get(page).content.decode()
    assert "HKD 205.00" in draft  # ten coupons, rounded up, at worst
    act = reverse(PAGE + "act", args=[launch.pk, "launch"])
    assert client.post(act).status_code == 302
    again = client.post(act, follow=True).content.decode()
    assert "It was launched already." in again
    assert 'http-equiv="refresh"' in again
    issue_launch(launch.pk, acquirer_id=acme.acquirer.id)
    ended = client.get(page).content.decode()
    assert "At risk" in ended
    assert 'http-equiv="refresh"' not in ended
    assert client.post(page, said | {"name": "Other"}).status_code == 403

    agree_to(members[1], is_given=False)
    file = reverse("admin:loyalty_launch_csv", args=[launch.pk])
    lines = b"".join(client.get(file).streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1 + 5
    assert any("'=Mei,'+85291234567" in line or "'=Mei,+85291234567" in line for line in lines)
    with platform_scope():
        codes = {row.code[-4:] for row in Coupon.objects.exclude(member=members[1])}
        assert {line.split(",")[5][-4:] for line in lines[1:]} == codes
        kept = AuditEntry.objects.filter(table="launch_coupons")
        assert [entry.acquirer_id for entry in kept] == [acme.acquirer.id]

    for who, status in ((Role.FINANCE, 403), (Role.SUPPORT, 403), (Role.AUDITOR, 403)):
        assert signed_in(acme.acquirer, who).get(file).status_code == status
        assert signed_in(acme.acquirer, who).post(act).status_code == status
    strangers = signed_in(outsider.acquirer)
    assert strangers.get(file).status_code == 404
    assert strangers.get(page).status_code == 302  # to the list: no such row
    assert "Win them back" not in strangers.get(reverse(PAGE + "changelist")).content.decode()


def test_a_launch_of_a_strangers_campaign_or_merchant_is_refused(
    acme: Person, shop: tuple[Programme, list[Member]], outsider: Person, rival: Person
) -> None:
    programme, _members = shop
    theirs = make_campaign(outsider)
    client: Client = signed_in(acme.acquirer)

    foreign = client.post(reverse(PAGE + "add"), form(campaign=theirs.pk, programme=programme.pk))
    other = client.post(
        reverse(PAGE + "add"),
        form(campaign=make_campaign(rival).pk, programme=programme.pk, merchant=rival.merchant.pk),
    )

    assert (foreign.status_code, other.status_code) == (200, 200)
    assert "Takes no part in this programme." in other.content.decode()
    with platform_scope():
        assert not Launch.objects.exists()
