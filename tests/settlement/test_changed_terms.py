"""Terms that change between two batches: periods that meet, and lines of the right business day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from kernel.clock import ManualClock, using_clock
from settlement.models import Batch, Schedule
from settlement.services.settle import settle
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.settlement.conftest import DAY, Earn, set_terms

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)
Told = tuple[date, date, list[tuple[date, int]]]


def november(day: int, hour: int = 4, minute: int = 0) -> datetime:
    """A moment of November 2026, in UTC: noon in Beijing, unless said otherwise."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def settled(person: Person, day: date) -> None:
    with using_clock(ManualClock(november(day.day, 0) + timedelta(days=1))):
        settle(person.acquirer, day, livemode=False)


def change(row: Schedule, **terms: Any) -> None:
    with tenant_scope(row.acquirer_id):
        for name, value in terms.items():
            setattr(row, name, value)
        row.save()


def batches_of(person: Person) -> list[Told]:
    """First and last day of each period, and its lines: their business day and amount."""
    with tenant_scope(person.acquirer.id):
        return [
            (
                batch.first_day,
                batch.business_date,
                list(batch.lines.order_by("id").values_list("business_date", "gross_minor")),
            )
            for batch in Batch.objects.order_by("number")
        ]


def test_a_week_after_single_days_begins_where_they_ended(
    acme: Person, outsider: Person, earn: Earn
) -> None:
    terms = set_terms(acme)
    earn(outsider, 7, at=november(18))
    for day in (17, 18, 19, 22):
        earn(acme, day, at=november(day))
    for day in (17, 18):
        settled(acme, date(2026, 11, day))
    change(terms, cycle="weekly")
    settled(acme, date(2026, 11, 22))

    days = [date(2026, 11, day) for day in (17, 18, 19, 22)]
    assert batches_of(acme) == [
        (days[0], days[0], [(days[0], 17)]),
        (days[1], days[1], [(days[1], 18)]),
        (days[2], days[3], [(days[2], 19), (days[3], 22)]),
    ]
    assert batches_of(outsider) == []


def test_a_day_after_weeks_begins_where_the_last_one_ended(acme: Person, earn: Earn) -> None:
    terms = set_terms(acme, cycle="weekly")
    for day in (15, 16, 18):
        earn(acme, day, at=november(day))
    settled(acme, date(2026, 11, 15))
    change(terms, cycle="daily")
    settled(acme, DAY)

    sunday, monday = date(2026, 11, 15), date(2026, 11, 16)
    assert batches_of(acme) == [
        (date(2026, 11, 9), sunday, [(sunday, 15)]),
        (monday, DAY, [(monday, 16), (DAY, 18)]),
    ]


def test_what_was_sold_after_the_old_cut_off_is_of_the_day_that_it_was_of(
    acme: Person, earn: Earn
) -> None:
    terms = set_terms(acme, zone="Asia/Hong_Kong", cut_off=time(17))
    earn(acme, 1, at=november(18, 8, 59))
    earn(acme, 2, at=november(18, 9))  # 17:00: Thursday has begun
    settled(acme, DAY)
    change(terms, cut_off=time(0))
    earn(acme, 3, at=november(19, 15, 59))
    settled(acme, NEXT)

    assert batches_of(acme) == [(DAY, DAY, [(DAY, 1)]), (NEXT, NEXT, [(NEXT, 2), (NEXT, 3)])]


def test_what_is_posted_late_is_of_the_day_that_had_it_by_the_old_cut_off(
    acme: Person, earn: Earn
) -> None:
    terms = set_terms(acme, zone="Asia/Hong_Kong", cut_off=time(0))
    earn(acme, 1, at=november(18))
    settled(acme, DAY)
    change(terms, cut_off=time(17))
    earn(acme, 2, at=november(18, 15, 59))  # committed only now: 23:59 on Wednesday
    earn(acme, 3, at=november(18, 16))
    settled(acme, NEXT)

    assert batches_of(acme) == [(DAY, DAY, [(DAY, 1)]), (NEXT, NEXT, [(DAY, 2), (NEXT, 3)])]
