"""Which of the scheme's files are expected, and by when: rows, of which the sweep works."""

from datetime import UTC, date, datetime, time, timedelta

from kernel import clock, ids
from payments.models import Payment
from settlement.days import BankCalendar
from settlement.models import ExpectedFile, FilePlace, SchemeFile
from settlement.scheme_files.cells import BEIJING

KEPT_DAYS = 7  # what is older may vanish from the server (reference §6.1)
CORRECTED_DAYS = 3  # so many days after it came, a file is looked at again: it may be a new one
_LONGEST_CLOSURE = 14  # days of a holiday, and some more
_ONE_DAY = timedelta(days=1)


def expect_files(place: FilePlace) -> int:
    """Note the files of each day that has had its time, since a day before the place was known."""
    last = _beijing(clock.now() - _since_midnight(place.fetched_from)).date() - _ONE_DAY
    first = max(_beijing(place.created_at).date() - _ONE_DAY, last - (KEPT_DAYS - 1) * _ONE_DAY)
    days = [first + number * _ONE_DAY for number in range((last - first).days + 1)]
    known = ExpectedFile.objects.filter(
        partner_account_id=place.partner_account_id, business_date__range=(first, last)
    )
    there = set(known.values_list("kind", "business_date"))
    rows = [
        new_row(place, kind, day)
        for day in days
        for kind in SchemeFile.Kind.values
        if (kind, day) not in there
    ]
    return len(ExpectedFile.objects.bulk_create(rows, ignore_conflicts=True))


def new_row(place: FilePlace, kind: str, day: date) -> ExpectedFile:
    """A file to look for from its hour on."""
    return ExpectedFile(
        acquirer_id=place.acquirer_id,
        partner_account_id=place.partner_account_id,
        livemode=place.partner_account.livemode,
        kind=kind,
        business_date=day,
        due_at=moment_of(day, place.fetched_from),
    )


def moment_of(day: date, hour: time) -> datetime:
    """``hour`` of the morning after ``day``, in Beijing."""
    return datetime.combine(day + _ONE_DAY, hour, tzinfo=BEIJING).astimezone(UTC)


def is_over(row: ExpectedFile) -> bool:
    """Whether the scheme keeps the file no more."""
    return clock.now() >= moment_of(row.business_date + KEPT_DAYS * _ONE_DAY, time(0))


def is_missed(place: FilePlace, row: ExpectedFile) -> bool:
    """Whether the file should be there by now, and there was something to write in it."""
    if clock.now() < moment_of(row.business_date, place.missing_from):
        return False
    return any(_traded(place, day) for day in _days_in(place, row))


def _days_in(place: FilePlace, row: ExpectedFile) -> list[date]:
    """Days of trade that the file tells of: a closed day's are settled on the next open one."""
    if row.kind == SchemeFile.Kind.TRANSACTION:
        return [row.business_date]
    calendar = BankCalendar(place.calendar)
    if not calendar.is_open(row.business_date):
        return []
    days = [row.business_date - _ONE_DAY]
    while not calendar.is_open(days[-1]) and len(days) < _LONGEST_CLOSURE:
        days.append(days[-1] - _ONE_DAY)
    return days


def _traded(place: FilePlace, day: date) -> bool:
    """Whether a payment began on that Beijing day and succeeded."""
    begins = datetime.combine(day, time.min, tzinfo=BEIJING)
    return Payment.objects.filter(
        partner_account_id=place.partner_account_id,
        id__gte=ids.first_uuid_at(begins),
        id__lt=ids.first_uuid_at(begins + _ONE_DAY),
        status="succeeded",
    ).exists()


def _beijing(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING)


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)
