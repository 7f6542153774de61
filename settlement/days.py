"""Business days: when one ends, which period it closes, and the day on which a bank is open.

A business day runs from the cut-off of the day before to its own: with 17:00 in Hong Kong,
Tuesday is what happened after 17:00 on Monday and before 17:00 on Tuesday; with 00:00 it is the
calendar's day. Days with a change of the clocks have 23 or 25 hours. Source: settlement-conventions
§4; the holidays are the library's, the weekends are the contract's, for the library's differ from
the banks' in Hong Kong.
"""

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

MONDAY, SATURDAY, SUNDAY = 0, 5, 6
_LONGEST_CLOSURE = 60  # days; a calendar without an open day is a fault of its settings
_ONE_DAY = timedelta(days=1)
# Where a country's parts have other holidays, and its banks settle by those of one: CHAPS, Bacs and
# Faster Payments by England's, Easter Monday among them.
_CLEARS_IN = {"GB": "ENG"}


class Cycle(StrEnum):
    """How often a batch is frozen."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class NeverOpen(ValueError):
    """No open day within two months: the calendar's settings leave none."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """When a business day ends: a time on the wall of a zone.

    A time that comes twice, when the clocks go back, means its second coming; one that is left
    out, when they go forward, the instant at which it would have come. PostgreSQL reads them alike.
    """

    zone: str
    at: time = time(0)

    def end_of(self, business_date: date) -> datetime:
        """The first instant, in UTC, that no longer belongs to the day."""
        last = business_date + _ONE_DAY if self.at == time(0) else business_date
        first = datetime.combine(last, self.at, ZoneInfo(self.zone))
        return max(first.astimezone(UTC), first.replace(fold=1).astimezone(UTC))

    def business_date_of(self, instant: datetime) -> date:
        """The day to which an instant belongs."""
        local = instant.astimezone(ZoneInfo(self.zone)).date()
        if instant >= self.end_of(local):
            return local + _ONE_DAY
        # Where the clocks go back to midnight, the day before has that hour too.
        return local if instant >= self.end_of(local - _ONE_DAY) else local - _ONE_DAY


@dataclass(frozen=True, slots=True)
class Period:
    """The business days of one batch, both ends within it."""

    first: date
    last: date


def period_that_ends(day: date, cycle: Cycle, *, closes_on: int = SUNDAY) -> Period | None:
    """The period that ``day`` closes, or None where it stands in the middle of one.

    ``closes_on`` is the weekday (Monday is 0) on which a week ends.
    """
    if cycle is Cycle.DAILY:
        return Period(day, day)
    if cycle is Cycle.WEEKLY:
        return Period(day - timedelta(days=6), day) if day.weekday() == closes_on else None
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day) if day.day == last else None


@dataclass(frozen=True, slots=True)
class BankCalendar:
    """Days on which money moves. ``code``: an ISO country or a part of one (``HK``, ``AU-NSW``), or
    ``TARGET`` for the euro."""

    code: str
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    closures: frozenset[date] = field(default_factory=frozenset)  # said by operations

    def is_open(self, day: date) -> bool:
        known = _holidays_of(self.code)
        if day in self.closures or day in known:
            return False
        # China moves working days onto weekends; the notice comes once a year.
        return day.weekday() not in self.weekend or day in known.weekend_workdays

    def add(self, day: date, open_days: int) -> date:
        """The ``open_days``-th open day after ``day``; for 0 the day itself or the next open one.

        Raises NeverOpen.
        """
        for _ in range(open_days):
            day = self._from(day + _ONE_DAY)
        return self._from(day)

    def _from(self, day: date) -> date:
        for ahead in range(_LONGEST_CLOSURE):
            if self.is_open(found := day + timedelta(days=ahead)):
                return found
        raise NeverOpen(f"the calendar {self.code} has no open day after {day}")


@lru_cache(maxsize=64)  # the library's own record is read and parsed each time
def calendar_version(code: str) -> str:
    """What a computed date was computed with: ``HK holidays 0.108``."""
    return f"{code} holidays {version('holidays')}"


def is_calendar(code: str) -> bool:
    """Whether the library knows the holidays of ``code``."""
    try:
        _holidays_of(code)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=64)
def _holidays_of(code: str) -> "HolidayBase":
    import holidays  # it takes a twentieth of a process's start, and few processes need it

    if code == "TARGET":
        return holidays.financial_holidays("ECB")
    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or _CLEARS_IN.get(country))
