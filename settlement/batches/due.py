"""Which merchants a business day closes, and with what terms. Pure: schedules in, terms out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from settlement.days import Cycle, calendar_version, period_that_ends
from settlement.models import Schedule


@dataclass(frozen=True, slots=True)
class Due:
    """One merchant's period that ends on the day in question.

    ``minimums`` are minor units by currency; ``ends_at`` is the cut-off in UTC.
    """

    merchant_id: UUID
    first_day: date
    business_date: date
    ends_at: datetime
    zone: str
    cut_off: time
    pays_on: date
    calendar: str
    minimums: Mapping[str, int]
    reserve_basis_points: int
    release_on: date
    is_held: bool


def list_due(
    merchants: Iterable[UUID], day: date, schedules: Mapping[UUID, Schedule], default: Schedule
) -> list[Due]:
    """The merchants whose period ends on ``day``, by their own schedule or the ``default``.

    Raises settlement.days.NeverOpen for a calendar that leaves no open day.
    """
    found = []
    for merchant_id in merchants:
        due = _due(merchant_id, day, schedules.get(merchant_id, default))
        if due is not None:
            found.append(due)
    return found


def _due(merchant_id: UUID, day: date, terms: Schedule) -> Due | None:
    period = period_that_ends(day, Cycle(terms.cycle), closes_on=terms.closes_on)
    if period is None:
        return None
    return Due(
        merchant_id=merchant_id,
        first_day=period.first,
        business_date=period.last,
        ends_at=terms.ends.end_of(day),
        zone=terms.zone,
        cut_off=terms.cut_off,
        pays_on=terms.banks.add(day, terms.open_days),
        calendar=calendar_version(terms.calendar),
        minimums=terms.minimum_payouts,
        reserve_basis_points=terms.reserve_basis_points,
        release_on=day + timedelta(days=terms.reserve_days),
        is_held=terms.is_held,
    )
