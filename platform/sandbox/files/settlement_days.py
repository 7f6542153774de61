"""Which days a settlement day settles: each on the next working day (reference §6.1)."""

from datetime import date, timedelta

from sandbox.files.contract import Contract

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_LONGEST_CLOSURE = 60  # days; more than any scheme closes


def is_working(day: date, contract: Contract) -> bool:
    """Monday to Friday, or any day by such a contract, and none of its holidays."""
    is_of_the_week = contract.settles_daily or day.weekday() < _SATURDAY
    return is_of_the_week and day.isoformat() not in contract.holidays


def days_settled_on(day: date, contract: Contract) -> list[date]:
    """The days whose transactions are settled on ``day``, oldest first; none if it is closed.

    So Friday to Sunday is settled on Monday; the day before a holiday and the holiday itself on the
    first working day after.
    """
    if not is_working(day, contract):
        return []
    settled = [day - _ONE_DAY]
    while not is_working(settled[0], contract) and len(settled) < _LONGEST_CLOSURE:
        settled.insert(0, settled[0] - _ONE_DAY)
    return settled
