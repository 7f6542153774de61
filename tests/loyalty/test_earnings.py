"""What members earn with their payments: once, corrected by refunds and cancels, and expiring."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from loyalty.member_state import EntryKind, MemberStatus
from loyalty.models import CategoryRule, Earning, Member, PointsEntry
from loyalty.selectors import list_lots
from loyalty.services import settle_earning as settling
from loyalty.services.check_points import check_points
from loyalty.services.forget import forget_member
from loyalty.services.lock import lock_member
from loyalty.services.points import Cause, add_points, take_points
from loyalty.services.settle_earning import settle_earning
from loyalty.services.sweep import find_missing, sweep
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.fakes import DECLINED, GIVEN_BACK_BY_CANCEL, PAID, REFUND_REFUSED, REFUNDED, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person
from tests.racing import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1).total_seconds()


def sell(person: Person, member: Member, scheme: FakeScheme, **changes: Any) -> Any:
    """120.50 dollars, paid by the member."""
    scheme.will("pay", PAID)
    order = body(person, member=member.public_id, **changes)
    answer = person.client().post("/v1/payments", order, format="json", **NOW)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def refund(person: Person, payment: Any, minor: int) -> None:
    path = f"/v1/payments/{payment['id']}/refunds"
    answer = person.client().post(path, {"amount": minor}, format="json", **NOW)
    assert answer.status_code == 201, answer.json()


def reckon(clock: ManualClock) -> int:
    """What the sweep does two seconds later."""
    clock.advance(2)
    return sweep()


def points(member: Member) -> int:
    with platform_scope():
        return Member.objects.get(id=member.id).points


def entries(member: Member) -> list[tuple[str, int, str]]:
    with platform_scope():
        rows = PointsEntry.objects.filter(member=member).order_by("id")
        return list(rows.values_list("kind", "points", "cause_type"))


def holds(person: Person) -> bool:
    return check_points(person.acquirer) == []


def test_a_payment_earns_once_however_often_it_is_reckoned(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    sell(acme, member, scheme)
    assert points(member) == 0  # promised, in the statement of the sale itself

    assert [reckon(clock), reckon(clock)] == [1, 0]
    with platform_scope():
        Earning.objects.update(due_at="2026-01-01T00:00:00Z")
    assert reckon(clock) == 1

    assert (points(member), entries(member)) == (120, [("earn", 120, "payment")])
    assert holds(acme)


def test_who_reckons_is_woken_with_the_sale(
    acme: Person, scheme: FakeScheme, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    member = make_member(acme, make_programme(acme))

    with django_capture_on_commit_callbacks(execute=True):
        sell(acme, member, scheme)

    assert "loyalty.settle_earning" in woken


def test_a_sale_that_failed_earns_nothing(
    api: APIClient, acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    scheme.will("pay", DECLINED)
    api.post("/v1/payments", body(acme, member=member.public_id), format="json", **NOW)

    assert (reckon(clock), points(member)) == (0, 0)
    with platform_scope():
        assert not Earning.objects.exists()


def test_tier_and_category_multiply(acme: Person, scheme: FakeScheme, clock: ManualClock) -> None:
    programme = make_programme(acme)
    member = make_member(acme, programme)
    with platform_scope():
        CategoryRule.objects.create(
            acquirer=acme.acquirer, programme=programme, category="tea",
            multiplier_basis_points=20_000,
        )  # fmt: skip
        add_points(member, EntryKind.EARN, 1000, Cause("payment", member.id))  # silver: 1.5
    tea = {"name": "Oolong", "quantity": 2, "unit_amount": 2_000, "category": "tea"}

    sell(acme, member, scheme, amount=10_000, items=[tea])
    reckon(clock)

    assert points(member) - 1000 == 210  # (60 + 2 x 40) x 1.5


@pytest.mark.parametrize("options", [{"status": "closed"}, {}])
def test_a_closed_programme_and_a_suspended_member_earn_nothing(
    acme: Person, scheme: FakeScheme, clock: ManualClock, options: dict[str, str]
) -> None:
    member = make_member(acme, make_programme(acme, **options))
    sell(acme, member, scheme)
    if not options:
        with platform_scope():
            Member.objects.filter(id=member.id).update(status=MemberStatus.SUSPENDED)

    assert (reckon(clock), points(member), entries(member)) == (1, 0, [])


def test_many_small_refunds_end_at_zero(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    payment = sell(acme, member, scheme)
    reckon(clock)
    scheme.will("refund", REFUNDED)

    seen = []
    for minor in (4_000, 4_000, 4_049, 1):
        refund(acme, payment, minor)
        reckon(clock)
        seen.append(points(member))

    assert seen == [80, 40, 0, 0]
    assert entries(member) == [
        ("earn", 120, "payment"), ("correct", -40, "refund"), ("correct", -40, "refund"),
        ("correct", -40, "refund"),
    ]  # fmt: skip
    assert holds(acme)


def test_refunds_that_came_together_are_one_correction_and_refused_ones_none(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    payment = sell(acme, member, scheme)  # not reckoned yet
    scheme.will("refund", REFUNDED, REFUNDED, REFUND_REFUSED)
    refund(acme, payment, 4_000)
    refund(acme, payment, 4_000)
    refund(acme, payment, 4_000)

    reckon(clock)

    assert entries(member) == [("earn", 120, "payment"), ("correct", -80, "refund")]


def test_a_cancel_takes_all_of_it(acme: Person, scheme: FakeScheme, clock: ManualClock) -> None:
    member = make_member(acme, make_programme(acme))
    payment = sell(acme, member, scheme)
    reckon(clock)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)

    acme.client().post(f"/v1/payments/{payment['id']}/cancel", **NOW)
    reckon(clock)

    assert entries(member) == [("earn", 120, "payment"), ("correct", -120, "payment")]
    assert (points(member), holds(acme)) == (0, True)


@pytest.mark.parametrize(("may_owe", "left", "after"), [(False, 0, 120), (True, -100, 20)])
def test_points_that_were_spent_are_owed_or_forgiven(
    acme: Person, scheme: FakeScheme, clock: ManualClock, may_owe: bool, left: int, after: int
) -> None:
    member = make_member(acme, make_programme(acme, may_owe=may_owe))
    payment = sell(acme, member, scheme)
    reckon(clock)
    with platform_scope():
        take_points(lock_member(member.id), EntryKind.BURN, 100, Cause("payment", member.id))
    scheme.will("refund", REFUNDED)
    refund(acme, payment, 12_050)

    reckon(clock)
    assert points(member) == left
    sell(acme, member, scheme, merchant_reference="T1-0043")
    reckon(clock)

    assert (points(member), holds(acme)) == (after, True)


def test_who_was_forgotten_earns_nothing_and_keeps_the_books(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    payment = sell(acme, member, scheme)
    reckon(clock)
    sell(acme, member, scheme, merchant_reference="T1-0043")
    with platform_scope():
        forget_member(member)
    scheme.will("refund", REFUNDED)
    refund(acme, payment, 12_050)

    assert [reckon(clock), reckon(clock)] == [2, 0]

    assert (entries(member), holds(acme)) == ([("earn", 120, "payment")], True)


def test_points_expire_once_and_only_what_is_left(
    acme: Person, rival: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    programme = make_programme(acme, points_live_days=10)
    member, other = make_member(acme, programme), make_member(rival, make_programme(rival))
    with platform_scope():
        add_points(member, EntryKind.EARN, 100, Cause("payment", member.id))
        add_points(other, EntryKind.EARN, 100, Cause("payment", other.id))
        clock.advance(5 * DAY)
        add_points(member, EntryKind.EARN, 50, Cause("payment", other.id))
        take_points(member, EntryKind.BURN, 30, Cause("payment", member.id))

    assert reckon(clock) == 0
    clock.advance(5 * DAY)
    assert [reckon(clock), reckon(clock)] == [1, 0]
    assert (points(member), points(other)) == (50, 100)
    clock.advance(5 * DAY)
    reckon(clock)

    with platform_scope():
        assert (points(member), list_lots(member)) == (0, [])
    assert [each for each in entries(member) if each[0] == "expire"] == [
        ("expire", -70, "lot"), ("expire", -50, "lot"),
    ]  # fmt: skip
    assert holds(acme)


def test_a_sale_that_nobody_noted_is_found(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    sell(acme, member, scheme)
    with platform_scope():
        Earning.objects.all().delete()
    assert not holds(acme)

    assert [find_missing(), find_missing()] == [1, 0]
    reckon(clock)

    assert (points(member), holds(acme)) == (120, True)


def test_a_fault_is_found_and_named(
    acme: Person, rival: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    member = make_member(acme, make_programme(acme))
    make_member(rival, make_programme(rival))
    call_command("check_points", acquirer=acme.acquirer.slug)
    with platform_scope():
        Member.objects.filter(id=member.id).update(points=7)

    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_points")

    assert f"{member.public_id}: says 7, entries say 0" in capsys.readouterr().err


def test_a_process_that_dies_while_reckoning_leaves_nothing_half_done(
    acme: Person, scheme: FakeScheme, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make_member(acme, make_programme(acme))
    sell(acme, member, scheme)

    def die(*_: object) -> int:
        raise SystemExit  # after the points were written, before the row says so

    with monkeypatch.context() as dying:
        dying.setattr(settling, "_left", die)
        clock.advance(2)
        with pytest.raises(SystemExit):
            sweep()
    assert entries(member) == []

    reckon(clock)
    assert entries(member) == [("earn", 120, "payment")]


@pytest.mark.django_db(transaction=True)
def test_workers_that_reckon_the_same_payment_write_it_once(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    sell(acme, member, scheme)
    with platform_scope():
        earning = Earning.objects.get()
        assert Payment.objects.count() == 1

    def work(_: int) -> bool:
        with platform_scope():
            return settle_earning(earning.id)

    did = at_once(4, work)

    assert (did.count(True), entries(member)) == (1, [("earn", 120, "payment")])
