"""Sums over any time equal the payments in it, whatever hours and slots they fall into."""

from datetime import datetime, timedelta

import pytest

from portal.models import HourFigures, SlotFigures
from portal.selectors.totals import Place, Totals, read_totals
from portal.slots import HOUR, begin_of
from tenancy.scope import platform_scope, tenant_scope
from tests.conftest import START
from tests.people import Person
from tests.portal.figures import put

pytestmark = pytest.mark.django_db
MIDNIGHT = begin_of(START, timedelta(days=1))
TEST = Place(livemode=False)


def tried(person: Person, since: datetime, until: datetime, step: int = 86400) -> dict[int, int]:
    with tenant_scope(person.acquirer.id):
        found = read_totals(TEST, since, until, step_seconds=step)
    return {number: part.tried for number, part in found.get("HKD", {}).items()}


@pytest.fixture
def _a_slot_each_quarter(acme: Person) -> None:
    """From midnight to three: the slot of each quarter of an hour tells its number, from 1."""
    for number in range(12):
        put(acme, MIDNIGHT + timedelta(minutes=15 * number), tried=number + 1)


@pytest.mark.usefixtures("_a_slot_each_quarter")
@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0, 180, sum(range(1, 13))),
        (0, 60, 1 + 2 + 3 + 4),
        (15, 60, 2 + 3 + 4),
        (15, 45, 2 + 3),  # no whole hour in it
        (45, 75, 4 + 5),  # around an hour's beginning
        (45, 135, 4 + 5 + 6 + 7 + 8 + 9),
        (60, 60, 0),
    ],
)
def test_parts_of_hours_and_whole_hours_are_added(
    acme: Person, begin: int, end: int, expected: int
) -> None:
    since, until = (MIDNIGHT + timedelta(minutes=minutes) for minutes in (begin, end))

    assert sum(tried(acme, since, until).values()) == expected


@pytest.mark.usefixtures("_a_slot_each_quarter")
def test_whole_hours_are_read_from_the_table_of_hours(acme: Person) -> None:
    with platform_scope():
        SlotFigures.objects.filter(since__lt=MIDNIGHT + HOUR).delete()

    assert tried(acme, MIDNIGHT, MIDNIGHT + 2 * HOUR, step=3600) == {0: 10, 1: 26}
    with platform_scope():
        HourFigures.objects.all().delete()
    assert tried(acme, MIDNIGHT, MIDNIGHT + 2 * HOUR, step=3600) == {}


def test_another_acquirers_figures_are_not_among_them(acme: Person, outsider: Person) -> None:
    put(acme, MIDNIGHT, tried=3)
    put(outsider, MIDNIGHT, tried=40)

    assert tried(acme, MIDNIGHT, MIDNIGHT + HOUR) == {0: 3}
    with platform_scope():
        both = read_totals(TEST, MIDNIGHT, MIDNIGHT + HOUR, step_seconds=3600)
    assert both["HKD"][0].tried == 43


def test_a_merchants_and_a_modes_figures_are_told_apart(acme: Person, rival: Person) -> None:
    put(acme, MIDNIGHT, tried=3)
    put(rival, MIDNIGHT, tried=5)
    put(rival, MIDNIGHT, tried=7, livemode=True)

    with tenant_scope(acme.acquirer.id):
        theirs = Place(livemode=True, merchant_id=rival.merchant.id)
        found = read_totals(theirs, MIDNIGHT, MIDNIGHT + HOUR, step_seconds=3600)

    assert found["HKD"][0].tried == 7


def test_the_rate_is_of_the_ended_ones_and_of_none_there_is_none() -> None:
    assert Totals(tried=10, succeeded=6, failed=1, canceled=1, in_doubt=2).success_rate == 0.75
    assert Totals(tried=2, in_doubt=2).success_rate is None
