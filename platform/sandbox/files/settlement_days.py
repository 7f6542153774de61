"""Which days a settlement day settles: each on the next working day (reference §6.1)."""

from collections.abc import Collection
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_LONGEST_CLOSURE = 60  # days; more than any scheme closes


def is_working(day: date, holidays: Collection[str]) -> bool:
    """Monday to Friday, and no holiday (``YYYY-MM-DD``)."""
    return day.weekday() < _SATURDAY and day.isoformat() not in holidays


def days_settled_on(day: date, holidays: Collection[str]) -> list[date]:
    """The days whose transactions are settled on ``day``, oldest first; none if it is closed.

    So Friday to Sunday is settled on Monday; the day before a holiday and the holiday itself on the
    first working day after.
    """
    if not is_working(day, holidays):
        return []
    settled = [day - _ONE_DAY]
    while not is_working(settled[0], holidays) and len(settled) < _LONGEST_CLOSURE:
        settled.insert(0, settled[0] - _ONE_DAY)
    return settled
