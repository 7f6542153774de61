"""Launches: the audience is frozen once, each member gets one coupon, and none is above budget."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from kernel import ids
from kernel.clock import ManualClock
from kernel.errors import Conflict
from loyalty.campaign_state import CampaignStatus, CouponStatus
from loyalty.launch_state import LaunchStatus
from loyalty.member_state import MemberStatus, Purpose
from loyalty.models import AudienceMember, Campaign, Coupon, Launch, Member
from loyalty.services import issue_launch as module
from loyalty.services.forget import forget_member
from loyalty.services.issue_launch import LAUNCHES, issue_batch, issue_launch
from loyalty.services.launch import draws, start_launch, stop_launch
from tenancy import handing_out
from tenancy.due_work import TOO_OFTEN
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign
from tests.factories.launches import agree_to, make_audience, make_launch
from tests.factories.loyalty import make_member, make_programme
from tests.people import Person

pytestmark = pytest.mark.django_db
BY = "staff:ada@example.com"


def start(launch: Launch, members: list[Member], *, at_least: int = 2) -> Launch:
    with tenant_scope(launch.acquirer_id):
        return start_launch(launch, [each.id for each in members], at_least=at_least, by=BY)


def issue(launch: Launch) -> int:
    return issue_launch(launch.id, acquirer_id=launch.acquirer_id)


def again(launch: Launch) -> Launch:
    with platform_scope():
        return Launch.objects.get(id=launch.id)


def audience(launch: Launch) -> dict[UUID | None, str]:
    with platform_scope():
        return dict(AudienceMember.objects.filter(launch=launch).values_list("member", "status"))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_LIMIT", 4)


def test_who_agrees_is_drawn_once_and_each_target_gets_one_coupon(
    acme: Person, outsider: Person, small_batches: None
) -> None:
    programme, theirs = make_programme(acme), make_programme(outsider)
    campaign = make_campaign(acme, budget_minor=2050 * 30)
    members = make_audience(acme, programme, 30)
    silent = make_member(acme, programme)
    took_back, left, suspended = make_audience(acme, programme, 3)
    agree_to(took_back, is_given=False)
    agree_to(left, Purpose.MEMBERSHIP, is_given=False)
    with platform_scope():
        Member.objects.filter(id=suspended.id).update(status=MemberStatus.SUSPENDED)
    live = make_member(acme, programme, livemode=True)
    foreign = make_audience(outsider, theirs, 1)
    launch = make_launch(campaign, programme, control_basis_points=3000)

    everybody = [*members, silent, took_back, left, suspended, live, *foreign]
    started = start(launch, everybody)

    held = {each.id for each in members if draws(launch.id, each.id, 3000)}
    assert 0 < len(held) < 30
    assert (started.target_count, started.control_count) == (30 - len(held), len(held))
    assert audience(launch) == {
        each.id: "control" if each.id in held else "waiting" for each in members
    }
    assert issue(launch) == 30 - len(held)
    assert issue(launch) == 0
    with platform_scope():
        coupons = Coupon.objects.filter(campaign=campaign)
        assert {row.member_id for row in coupons} == {m.id for m in members} - held
        assert {(row.uses_limit, row.issued_by) for row in coupons} == {(1, BY)}
        assert coupons.count() == len({row.code for row in coupons}) == 30 - len(held)
    ended = again(launch)
    assert (ended.status, ended.issued_count, ended.due_at) == ("issued", 30 - len(held), None)
    with tenant_scope(outsider.acquirer.id):
        assert not Launch.objects.exists()
        assert not AudienceMember.objects.exists()
    with tenant_scope(acme.acquirer.id, acme.merchant.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loyalty_audiencemember")
        assert cursor.fetchone() == (0,)  # the database itself: no merchant sees who was chosen
    with pytest.raises(Conflict, match="launch_not_draft"):
        start(launch, members)


def test_a_worker_that_dies_is_followed_by_another_that_issues_the_rest_once(
    acme: Person, clock: ManualClock, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = make_programme(acme)
    members = make_audience(acme, programme, 10)
    launch = make_launch(make_campaign(acme), programme, control_basis_points=0)
    start(launch, members)
    handed: list[Any] = []
    monkeypatch.setattr(handing_out.current_app, "send_task", lambda name, **_: handed.append(name))

    real, calls = module._issue, []

    def dies_in_the_second_batch(row: Launch) -> tuple[int, int, int]:
        calls.append(row)
        done = real(row)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(module, "_issue", dies_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        issue(launch)
    with platform_scope():
        assert Coupon.objects.count() == 4  # of the second batch nothing is left
    assert (again(launch).status, again(launch).issued_count) == ("issuing", 4)
    monkeypatch.setattr(module, "_issue", real)
    clock.advance(LAUNCHES.lease.total_seconds())
    assert LAUNCHES.hand_out_due() == 1
    assert handed == ["loyalty.issue_launch"]
    issue(launch)

    with platform_scope():
        assert Coupon.objects.count() == 10
        assert Coupon.objects.values("member").distinct().count() == 10
    assert (again(launch).status, again(launch).issued_count) == ("issued", 10)
    assert LAUNCHES.hand_out_due() == 0


def test_a_launch_whose_workers_all_die_ends_and_says_so(
    acme: Person, outsider: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    launches = []
    for person in (acme, outsider):
        programme = make_programme(person)
        launches.append(make_launch(make_campaign(person), programme, control_basis_points=0))
        start(launches[-1], make_audience(person, programme, 10))
    poisoned, theirs = launches

    def dies(row: Launch) -> tuple[int, int, int]:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(module, "_issue", dies)
        for _ in range(module.LAUNCHES.tries_limit):
            with pytest.raises(KeyboardInterrupt):
                issue(poisoned)
            assert again(poisoned).status == "issuing"
            clock.advance(module.LAUNCHES.lease.total_seconds())

    assert issue(poisoned) == 0
    ended = again(poisoned)
    assert (ended.status, ended.failure, ended.due_at) == ("stopped", TOO_OFTEN, None)
    with platform_scope():
        assert not Coupon.objects.exists()
    assert issue(theirs) == 10


def test_a_worker_whose_lease_another_has_issues_nothing_more(
    acme: Person, clock: ManualClock
) -> None:
    programme = make_programme(acme)
    launch = make_launch(make_campaign(acme), programme, control_basis_points=0)
    start(launch, make_audience(acme, programme, 3))
    with tenant_scope(acme.acquirer.id):
        old = LAUNCHES.take(launch.id)
        assert LAUNCHES.take(launch.id) is None
        clock.advance(LAUNCHES.lease.total_seconds())
        new = LAUNCHES.take(launch.id)
        assert old is not None
        assert new is not None

        assert issue_batch(old) is None
        assert issue_batch(new) == 3


def test_who_leaves_before_their_turn_gets_nothing(acme: Person) -> None:
    programme = make_programme(acme)
    stays, takes_back, goes = make_audience(acme, programme, 3)
    launch = make_launch(make_campaign(acme), programme, control_basis_points=0)
    start(launch, [stays, takes_back, goes])
    agree_to(takes_back, is_given=False)
    with platform_scope():
        forget_member(goes)

    assert issue(launch) == 1
    assert audience(launch) == {stays.id: "issued", takes_back.id: "withheld", None: "withheld"}
    assert (again(launch).issued_count, again(launch).withheld_count) == (1, 2)


def test_a_forgotten_member_leaves_every_audience_whichever_merchant_forgets_them(
    acme: Person, rival: Person
) -> None:
    programme = make_programme(acme, rival)
    members = make_audience(acme, programme, 3)
    launch = make_launch(make_campaign(acme), programme, merchant=acme.merchant)
    other = make_launch(make_campaign(acme), programme, control_basis_points=0)
    for each in (launch, other):
        start(each, members)
        issue(each)

    with tenant_scope(rival.acquirer.id, rival.merchant.id):
        forget_member(Member.objects.get(id=members[0].id))

    with platform_scope():
        rows = AudienceMember.objects.filter(launch=other)
        assert rows.count() == 3
        assert sorted(str(row.member_id) for row in rows) == sorted(
            ["None", *(str(each.id) for each in members[1:])]
        )
        assert [row.coupon_id for row in rows.filter(member=None)] == [None]
        assert not Coupon.objects.filter(member=members[0]).exists()
        orphans = Coupon.objects.filter(member=None)
        assert {row.status for row in orphans} == {CouponStatus.WITHDRAWN}


def test_more_coupons_than_the_campaign_can_pay_are_refused_and_nothing_is_frozen(
    acme: Person,
) -> None:
    programme = make_programme(acme)
    members = make_audience(acme, programme, 6)
    campaign = make_campaign(acme, budget_minor=2050 * 10 + 2049)
    first, second = (make_launch(campaign, programme, control_basis_points=0) for _ in "ab")

    start(first, members)
    issue(first)
    with pytest.raises(Conflict, match="budget can pay"):
        start(second, members[:5])
    assert (again(second).status, audience(second)) == (LaunchStatus.DRAFT, {})
    start(second, members[:4])

    limited = make_launch(make_campaign(acme, total_limit=5), programme, control_basis_points=0)
    with pytest.raises(Conflict, match="redemptions left"):
        start(limited, members)
    part = {"kind": "percentage", "basis_points": 1000, "budget_minor": 100_000}
    uncapped = make_launch(make_campaign(acme, **part), programme, control_basis_points=0)
    with pytest.raises(Conflict, match="give the campaign a cap"):
        start(uncapped, members)
    capped = make_launch(make_campaign(acme, cap_minor=500, **part), programme)
    start(capped, members)
    hasty = make_launch(campaign, programme, control_basis_points=0, is_first_come=True)
    assert start(hasty, members).target_count == 6


def test_a_launch_needs_members_enough_and_a_campaign_that_goes_on_where_they_buy(
    acme: Person, rival: Person, clock: ManualClock
) -> None:
    programme = make_programme(acme)
    members = make_audience(acme, programme, 4)

    def refused(launch: Launch, *, at_least: int = 2) -> str:
        with pytest.raises(Conflict) as refusal:
            start(launch, members, at_least=at_least)
        assert (again(launch).status, audience(launch)) == ("draft", {})
        return refusal.value.code

    running = make_campaign(acme)
    assert refused(make_launch(running, programme), at_least=5) == "segment_too_small"
    draft = make_campaign(acme, status=CampaignStatus.DRAFT)
    assert refused(make_launch(draft, programme)) == "campaign_over"
    shared = make_launch(make_campaign(acme, rival), programme)
    assert refused(shared) == "campaign_not_for_launch"
    elsewhere = make_launch(make_campaign(rival), programme, merchant=acme.merchant)
    assert refused(elsewhere) == "campaign_not_for_launch"
    clock.advance(60 * 24 * 3600)
    assert refused(make_launch(running, programme)) == "campaign_over"


def test_a_launch_stops_by_staff_and_with_its_campaign(acme: Person, small_batches: None) -> None:
    programme = make_programme(acme)
    members = make_audience(acme, programme, 8)
    stopped, ended = (
        make_launch(make_campaign(acme), programme, control_basis_points=0) for _ in "ab"
    )
    for each in (stopped, ended):
        start(each, members)
    with tenant_scope(acme.acquirer.id):
        mine = LAUNCHES.take(stopped.id)
        assert mine is not None
        assert issue_batch(mine) == 4
        stop_launch(stopped, why="A mistake.")
        assert issue_batch(mine) is None
        with pytest.raises(Conflict, match="launch_not_issuing"):
            stop_launch(stopped, why="Again.")
        Campaign.objects.filter(id=ended.campaign_id).update(status=CampaignStatus.ENDED)
    assert issue(ended) == 0

    assert (again(stopped).issued_count, again(stopped).failure) == (4, "A mistake.")
    assert (again(ended).status, again(ended).failure) == ("stopped", "The campaign ended first.")


def test_the_database_keeps_a_member_in_an_audience_once(acme: Person) -> None:
    programme = make_programme(acme)
    [member, _] = members = make_audience(acme, programme, 2)
    launch = make_launch(make_campaign(acme), programme)
    start(launch, members)

    with platform_scope(), pytest.raises(IntegrityError), transaction.atomic():
        AudienceMember.objects.create(
            acquirer=acme.acquirer, launch=launch, member=member, status="waiting"
        )
    assert draws(launch.id, member.id, 10_000) is True
    assert not draws(ids.new_uuid(), member.id, 0)


def test_a_till_finds_the_coupons_of_the_member_before_it(
    api: APIClient, acme: Person, outsider: Person
) -> None:
    programme = make_programme(acme)
    first, _second = members = make_audience(acme, programme, 2)
    campaign = make_campaign(acme)
    launch = make_launch(campaign, programme, control_basis_points=0)
    start(launch, members)
    issue(launch)

    for word in (first.public_id, first.card_number):
        [found] = api.get("/v1/coupons", {"member": word}).json()["data"]
        assert (found["member"], found["campaign"]["id"]) == (first.public_id, campaign.public_id)
    stranger = make_audience(outsider, make_programme(outsider), 1)[0]
    assert api.get("/v1/coupons", {"member": stranger.public_id}).status_code == 400
