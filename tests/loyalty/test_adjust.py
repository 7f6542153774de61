"""Adjusting a member's points by hand: a reason from a list, and two people above a limit."""

from uuid import uuid4

import pytest
from django.test import Client

from kernel.clock import ManualClock
from kernel.errors import Conflict, Forbidden, Rejected
from loyalty.member_state import AdjustReason, MemberStatus
from loyalty.models import Member, PointsEntry, Programme
from loyalty.services.adjust import Wanted, adjust_points
from loyalty.services.check_points import check_points
from proposals.models import Proposal
from proposals.services.decide import approve
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.loyalty import make_member, make_programme
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db
GOODWILL = AdjustReason.GOODWILL


@pytest.fixture
def member(acme: Person, clock: ManualClock) -> Member:
    return make_member(acme, make_programme(acme, adjusted_alone_points=1_000))


@pytest.fixture
def owner(acme: Person) -> Staff:
    return StaffFactory(acquirer=acme.acquirer, role=Role.OWNER)


def signed_in(staff: Staff) -> Client:
    client = Client()
    assert client.login(username=staff.email, password=PASSWORD)
    return client


def points(member: Member) -> int:
    with platform_scope():
        return Member.objects.get(id=member.id).points


def test_points_are_given_and_taken_with_a_reason_and_a_second_click_does_nothing(
    acme: Person, member: Member, owner: Staff
) -> None:
    given = Wanted(uuid4(), 1_000, GOODWILL)

    assert adjust_points(owner, member, given) == 1_000
    with pytest.raises(Conflict, match="already_adjusted"):
        adjust_points(owner, member, given)
    assert adjust_points(owner, member, Wanted(uuid4(), -400, AdjustReason.MISTAKE)) == 600

    with platform_scope():
        rows = PointsEntry.objects.filter(member=member).order_by("-points")
        said = [(row.points, row.reason, row.made_by) for row in rows]
    by = f"staff:{owner.email}"
    assert said == [(1_000, "goodwill", by), (-400, "mistake_put_right", by)]
    assert check_points(acme.acquirer) == []


def test_more_than_there_is_nothing_and_a_role_without_the_right_are_refused(
    acme: Person, member: Member, owner: Staff
) -> None:
    support = StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT)

    for wanted in (Wanted(uuid4(), -1, GOODWILL), Wanted(uuid4(), 0, GOODWILL)):
        with pytest.raises(Rejected, match="points"):
            adjust_points(owner, member, wanted)
    with pytest.raises(Forbidden, match="role_not_allowed"):
        adjust_points(support, member, Wanted(uuid4(), 1, GOODWILL))

    with platform_scope():
        assert not PointsEntry.objects.exists()


def test_above_the_limit_two_people_decide(acme: Person, member: Member, owner: Staff) -> None:
    second = StaffFactory(acquirer=acme.acquirer, role=Role.OWNER)

    proposal = adjust_points(owner, member, Wanted(uuid4(), 1_001, GOODWILL))

    assert isinstance(proposal, Proposal)
    assert points(member) == 0
    with tenant_scope(acme.acquirer.id):
        with pytest.raises(Forbidden):
            approve(proposal.id, staff=owner)
        approve(proposal.id, staff=second)
    assert (points(member), check_points(acme.acquirer)) == (1_001, [])


def test_the_console_shows_members_and_corrects_suspends_and_forgets_them(
    acme: Person, member: Member, owner: Staff
) -> None:
    browser = signed_in(owner)
    page = f"/admin/loyalty/member/{member.id}"
    with platform_scope():
        Member.objects.filter(id=member.id).update(person_name="Mei Wong")

    assert "Mei Wong" in browser.get(f"{page}/change/").content.decode()
    found = browser.get("/admin/loyalty/member/", {"q": member.card_number})
    assert member.public_id in found.content.decode()
    said = {"points": 250, "reason": "goodwill", "key": str(uuid4())}
    assert browser.post(f"{page}/act/adjust/", said).status_code == 302
    assert points(member) == 250
    browser.post(f"{page}/act/suspend/", {})
    with platform_scope():
        assert Member.objects.get(id=member.id).status == MemberStatus.SUSPENDED
    browser.post(f"{page}/act/resume/", {})
    browser.post(f"{page}/act/forget/", {})
    with platform_scope():
        forgotten = Member.objects.get(id=member.id)
    assert (forgotten.status, forgotten.person_name, forgotten.points) == ("forgotten", "", 250)


def test_support_sees_the_end_of_a_name_only_and_another_acquirer_nothing(
    acme: Person, outsider: Person, member: Member
) -> None:
    with platform_scope():
        row = Member.objects.get(id=member.id)
        row.person_name, row.email = "Mei Wong", "mei@tea.example"
        row.save()
    page = f"/admin/loyalty/member/{member.id}/change/"
    support = signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT))
    stranger = signed_in(StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER))

    seen = support.get(page).content.decode()

    assert [word for word in ("Mei Wong", "mei@tea", str(member.card_number)) if word in seen] == []
    assert stranger.get(page).status_code == 302  # to the list: no such member


def test_a_programme_is_managed_with_its_rules(acme: Person, rival: Person, owner: Staff) -> None:
    browser = signed_in(owner)

    made = browser.post(
        "/admin/loyalty/programme/add/",
        {"name": "Tea Club", "status": "active", "rounding": "down", "points_live_days": 365,
         "adjusted_alone_points": 10_000},
    )  # fmt: skip

    assert made.status_code == 302, made.content.decode()[-2000:]
    with platform_scope():
        programme = Programme.objects.get(name="Tea Club")
    assert programme.acquirer_id == acme.acquirer.id
    page = f"/admin/loyalty/programme/{programme.id}/change/"
    shown = browser.get(page).content.decode()
    assert "earn_rules-TOTAL_FORMS" in shown
    assert programme.wallet_key not in shown
    rows = dict.fromkeys(
        ["participations", "earn_rules", "burn_rules", "tiers", "category_rules"], 0
    )
    rows |= {"earn_rules": 1, "burn_rules": 1}
    counts = {f"{name}-TOTAL_FORMS": many for name, many in rows.items()}
    counts |= {f"{name}-INITIAL_FORMS": 0 for name in rows}
    earned = {"currency": "HKD", "points": 1, "per_minor": "2.50"}
    spent = {"currency": "JPY", "points": 100, "minor": "50", "minimum_points": 0,
             "borne_basis_points": 0}  # fmt: skip
    changed = browser.post(
        page,
        {"name": "Tea Club", "status": "active", "rounding": "down", "points_live_days": 365,
         "adjusted_alone_points": 10_000, **counts}
        | {f"earn_rules-0-{name}": value for name, value in earned.items()}
        | {f"burn_rules-0-{name}": value for name, value in spent.items()},
    )  # fmt: skip
    assert changed.status_code == 302, changed.content.decode()[-2000:]
    with platform_scope():
        assert [(row.currency, row.per_minor) for row in programme.earn_rules.all()] == [
            ("HKD", 250)
        ]
        assert [(row.currency, row.minor) for row in programme.burn_rules.all()] == [("JPY", 50)]
    again = browser.get(page).content.decode()
    assert ("1 / HKD 2.50" in again, "100 = JPY 50" in again) == (True, True)
