"""The ledger of points: lots, debts, and what the database refuses."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from kernel.clock import ManualClock
from loyalty.member_state import EntryKind
from loyalty.models import Member, PointsEntry
from loyalty.selectors import list_lots
from loyalty.services.lock import lock_member
from loyalty.services.points import Cause, add_points, owe_points, take_points
from tenancy.ownership import as_owner
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.people import Person
from tests.racing import at_once

DAY = timedelta(days=1).total_seconds()


def cause(kind: str = "payment") -> Cause:
    return Cause(kind, uuid4())


def balance(member: Member) -> int:
    return Member.objects.values_list("points", flat=True).get(id=member.id)


def left(member: Member) -> list[int]:
    return [lot.left for lot in list_lots(member)]


@pytest.fixture
def member(acme: Person, clock: ManualClock) -> Iterator[Member]:
    with platform_scope():
        yield make_member(acme, make_programme(acme, points_live_days=10))


@pytest.mark.django_db
def test_the_balance_is_the_sum_and_what_expires_first_goes_first(
    member: Member, clock: ManualClock
) -> None:
    add_points(member, EntryKind.EARN, 100, cause())
    clock.advance(DAY)
    add_points(member, EntryKind.EARN, 50, cause())

    taken = take_points(member, EntryKind.BURN, 120, cause())

    assert (taken, balance(member), left(member)) == (120, 30, [30])


@pytest.mark.django_db
def test_a_lot_may_be_taken_from_before_all_others(member: Member, clock: ManualClock) -> None:
    add_points(member, EntryKind.EARN, 100, cause())
    clock.advance(DAY)
    newest = add_points(member, EntryKind.EARN, 50, cause())

    take_points(member, EntryKind.CORRECT, 60, cause("refund"), first=newest.id)

    assert (balance(member), left(member)) == (90, [90])


@pytest.mark.django_db
def test_no_more_is_taken_than_there_is_and_nothing_that_has_expired(
    member: Member, clock: ManualClock
) -> None:
    add_points(member, EntryKind.EARN, 100, cause())
    clock.advance(9 * DAY)
    add_points(member, EntryKind.EARN, 5, cause())
    clock.advance(DAY)  # the first has expired, and nobody has swept yet

    assert take_points(member, EntryKind.BURN, 1_000, cause()) == 5
    assert left(member) == [100]


@pytest.mark.django_db
def test_a_debt_is_repaid_by_what_is_earned_next(member: Member, clock: ManualClock) -> None:
    owe_points(member, EntryKind.CORRECT, 80, cause("refund"))
    assert balance(member) == -80

    add_points(member, EntryKind.EARN, 50, cause())
    assert (balance(member), left(member)) == (-30, [-30])

    add_points(member, EntryKind.EARN, 50, cause())
    assert (balance(member), left(member)) == (20, [20])


@pytest.mark.django_db
def test_one_cause_is_written_once(member: Member) -> None:
    sale = cause()
    add_points(member, EntryKind.EARN, 10, sale)

    with pytest.raises(DatabaseError, match="points_are_written_once"), transaction.atomic():
        add_points(member, EntryKind.EARN, 10, sale)

    assert balance(member) == 10


def raw(member: Member, *, kind: str, points: int, lot: UUID | None, **changes: object) -> None:
    PointsEntry.objects.bulk_create(
        [
            PointsEntry(
                **{
                    "acquirer_id": member.acquirer_id, "programme_id": member.programme_id,
                    "member": member, "kind": kind, "points": points, "lot_id": lot,
                    "cause_type": "payment", "cause_id": uuid4(), "expires_at": None,
                } | changes
            )
        ]
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "points", "of_lot", "why"),
    [
        ("burn", -101, True, "more points are taken"),
        ("burn", 1, True, "more points are taken"),
        ("burn", -1, False, "what_is_spent_comes"),
        ("expire", 1, True, "what_expires_comes"),
        ("earn", 1, False, "every_lot_expires"),
        ("earn", -1, False, "what_is_earned"),
        ("gift", -1, False, "points_kind_is_known"),
        ("adjust", 0, True, "points_are_not_zero"),
    ],
)
def test_the_database_refuses_what_does_not_add_up(
    member: Member, kind: str, points: int, of_lot: bool, why: str
) -> None:
    lot = add_points(member, EntryKind.EARN, 100, cause())

    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        raw(member, kind=kind, points=points, lot=lot.id if of_lot else None)

    assert (balance(member), PointsEntry.objects.count()) == (100, 1)


@pytest.mark.django_db
def test_the_database_refuses_a_lot_of_somebody_else(acme: Person, member: Member) -> None:
    other = make_member(acme, member.programme)
    lot = add_points(other, EntryKind.EARN, 100, cause())

    with pytest.raises(DatabaseError, match="does not fit its lot"), transaction.atomic():
        raw(member, kind="burn", points=-1, lot=lot.id)


@pytest.mark.django_db(transaction=True)
def test_not_even_the_owner_edits_an_entry(member: Member) -> None:
    add_points(member, EntryKind.EARN, 100, cause())

    with as_owner("default") as owner, owner.cursor() as cursor:
        for statement in (
            "UPDATE loyalty_pointsentry SET points = 1000",
            "DELETE FROM loyalty_pointsentry",
        ):
            with pytest.raises(DatabaseError, match="appended to and never edited"):
                cursor.execute(statement)

    assert balance(member) == 100


@pytest.mark.django_db(transaction=True)
def test_two_that_spend_at_once_never_spend_the_same_points(member: Member) -> None:
    add_points(member, EntryKind.EARN, 100, cause())

    def spend(_: int) -> int:
        with platform_scope(), transaction.atomic():
            return take_points(lock_member(member.id), EntryKind.BURN, 70, cause())

    taken = at_once(2, spend)

    assert (sorted(taken), balance(member), left(member)) == ([30, 70], 0, [])
