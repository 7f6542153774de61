"""``manage.py settle``."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kernel.clock import ManualClock
from tests.people import Person
from tests.settlement.conftest import Earn

pytestmark = pytest.mark.django_db


def test_it_settles_a_day_and_says_how_many(acme: Person, earn: Earn, clock: ManualClock) -> None:
    earn(acme, 12050)
    told = []
    for _ in range(2):
        out, err = StringIO(), StringIO()
        slug = acme.acquirer.slug
        call_command("settle", "--acquirer", slug, "--date", "2026-11-18", stdout=out, stderr=err)
        told.append(out.getvalue().splitlines()[1:])
        assert err.getvalue() == "1 of 1 merchants\n"

    assert told == [
        ["business_date: 2026-11-18", "merchants: 1", "batches: 1"],
        ["business_date: 2026-11-18", "merchants: 1", "batches: 0"],
    ]


def test_it_refuses_a_day_that_has_not_ended(acme: Person, earn: Earn, clock: ManualClock) -> None:
    earn(acme, 12050)

    with pytest.raises(CommandError, match="2026-11-19 ends at 2026-11-19T16:00:00Z"):
        call_command("settle", "--acquirer", acme.acquirer.slug, "--date", "2026-11-19")


def test_it_says_how_a_day_is_written(acme: Person) -> None:
    with pytest.raises(CommandError, match="write 2026-11-22"):
        call_command("settle", "--acquirer", acme.acquirer.slug, "--date", "22.11.2026")
