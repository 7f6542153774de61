"""Business days around changes of the clocks, month ends, weekends and holidays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection

from settlement.days import (
    BankCalendar,
    CutOff,
    Cycle,
    NeverOpen,
    Period,
    is_calendar,
    period_that_ends,
)
from settlement.sql import business_day


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "day", "end"),
    [
        ("Asia/Shanghai", time(0), date(2026, 11, 22), "2026-11-22T16:00:00"),
        ("Asia/Hong_Kong", time(17), date(2026, 11, 24), "2026-11-24T09:00:00"),
        ("Europe/Paris", time(0), date(2026, 3, 28), "2026-03-28T23:00:00"),
        # Clocks go forward on the 29th: that day has 23 hours.
        ("Europe/Paris", time(0), date(2026, 3, 29), "2026-03-29T22:00:00"),
        # Back on 25 October: 25 hours.
        ("Europe/Paris", time(0), date(2026, 10, 24), "2026-10-24T22:00:00"),
        ("Europe/Paris", time(0), date(2026, 10, 25), "2026-10-25T23:00:00"),
        # 02:30 is not on the wall that night: the instant is the one that would have been.
        ("Europe/Paris", time(2, 30), date(2026, 3, 29), "2026-03-29T01:30:00"),
        # And comes twice on 25 October: the day ends at the second.
        ("Europe/Paris", time(2, 30), date(2026, 10, 25), "2026-10-25T01:30:00"),
        ("America/Los_Angeles", time(17), date(2026, 12, 31), "2027-01-01T01:00:00"),
    ],
)
def test_a_day_ends_at_its_cut_off_on_the_wall(zone: str, at: time, day: date, end: str) -> None:
    assert CutOff(zone, at).end_of(day) == utc(end)


ZONES = ["Europe/Paris", "Asia/Hong_Kong", "America/New_York", "UTC", "Atlantic/Azores",
         "Australia/Lord_Howe", "Africa/Cairo"]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(0, 30), time(2, 30), time(17), time(23)])
def test_every_instant_belongs_to_the_one_day_that_has_not_ended(zone: str, at: time) -> None:
    cut_off = CutOff(zone, at)
    for day in (date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2026, 12, 31)):
        end = cut_off.end_of(day)
        assert cut_off.business_date_of(end - datetime.resolution) == day
        assert cut_off.business_date_of(end) == date.fromordinal(day.toordinal() + 1)


def test_a_day_closes_its_day_its_week_or_its_month() -> None:
    sunday, month_end = date(2026, 11, 22), date(2028, 2, 29)

    assert period_that_ends(sunday, Cycle.DAILY) == Period(sunday, sunday)
    assert period_that_ends(sunday, Cycle.WEEKLY) == Period(date(2026, 11, 16), sunday)
    assert period_that_ends(sunday, Cycle.WEEKLY, closes_on=4) is None
    assert period_that_ends(sunday, Cycle.MONTHLY) is None
    assert period_that_ends(month_end, Cycle.MONTHLY) == Period(date(2028, 2, 1), month_end)
    assert period_that_ends(date(2028, 2, 28), Cycle.MONTHLY) is None


@pytest.mark.parametrize(
    ("code", "weekend", "day", "open_days", "paid"),
    [
        # A Friday in Hong Kong: banks are closed on Saturday, whatever the library's week is.
        ("HK", {5, 6}, date(2026, 11, 20), 1, date(2026, 11, 23)),
        # Christmas Eve: 25 and 26 December are holidays, then comes Sunday.
        ("HK", {5, 6}, date(2026, 12, 24), 1, date(2026, 12, 28)),
        # The euro's banks: Good Friday and Easter Monday 2026.
        ("TARGET", {5, 6}, date(2026, 4, 2), 1, date(2026, 4, 7)),
        # London's banks rest on Good Friday and on Easter Monday, Edinburgh's only on the first.
        ("GB", {5, 6}, date(2027, 3, 25), 1, date(2027, 3, 30)),
        ("GB-SCT", {5, 6}, date(2027, 3, 25), 1, date(2027, 3, 29)),
        # Kuwait rests on Friday and Saturday.
        ("KW", {4, 5}, date(2026, 11, 19), 1, date(2026, 11, 22)),
        ("HK", {5, 6}, date(2026, 11, 21), 0, date(2026, 11, 23)),
        ("HK", {5, 6}, date(2026, 11, 23), 0, date(2026, 11, 23)),
        ("HK", {5, 6}, date(2026, 11, 19), 3, date(2026, 11, 24)),
    ],
)
def test_a_payout_leaves_on_an_open_day(
    code: str, weekend: set[int], day: date, open_days: int, paid: date
) -> None:
    assert BankCalendar(code, frozenset(weekend)).add(day, open_days) == paid


def test_china_works_on_some_weekends() -> None:
    china = BankCalendar("CN")
    assert not china.is_open(date(2026, 2, 17))  # the new year of 2026
    assert china.is_open(date(2026, 2, 14))  # a Saturday that was moved


def test_what_operations_close_is_closed() -> None:
    typhoon = date(2026, 11, 23)
    calendar = BankCalendar("HK", closures=frozenset({typhoon}))
    assert calendar.add(date(2026, 11, 20), 1) == date(2026, 11, 24)


def test_a_calendar_without_an_open_day_is_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(NeverOpen):
        BankCalendar("HK", weekend=frozenset(range(7))).add(date(2026, 11, 20), 1)


def test_the_library_says_which_calendars_it_knows() -> None:
    assert is_calendar("HK")
    assert is_calendar("TARGET")
    assert is_calendar("AU-NSW")
    assert not is_calendar("XX")
    assert not is_calendar("AU-XX")


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Hong_Kong", "America/New_York"])
@pytest.mark.parametrize("at", [time(1, 30), time(2, 30), time(23)])
def test_postgresql_reads_the_wall_as_we_do(zone: str, at: time) -> None:
    for day in (date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT (%s::date + %s::time) AT TIME ZONE %s", [day, at, zone])
            [said] = cursor.fetchone()
        assert said == CutOff(zone, at).end_of(day)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(0, 30), time(1, 45), time(23)])
def test_postgresql_finds_the_day_of_an_instant_as_we_do(zone: str, at: time) -> None:
    cut_off, half_an_hour = CutOff(zone, at), timedelta(minutes=30)
    said = business_day("%(moment)s::timestamptz", "%(zone)s", "%(at)s::time")
    for day in (date(2026, 4, 5), date(2026, 4, 24), date(2026, 10, 24), date(2026, 11, 1)):
        for halves in range(-3, 52):
            moment = cut_off.end_of(day) + halves * half_an_hour
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {said}", {"moment": moment, "zone": zone, "at": at})
                assert cursor.fetchone() == (cut_off.business_date_of(moment),)
