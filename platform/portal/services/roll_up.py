"""Keeping the figures: what has changed since the last look is counted again, slot by slot.

A change leaves a new id behind (a payment, a refund, a change of status), and ids are ordered by
time. So the ids since the last look name the slots to be counted; late ends are among them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from kernel import clock, ids
from portal.models import Progress
from portal.services.count import count_hour, count_slot
from portal.services.forget import oldest_kept
from portal.slots import HOUR, SLOT_SECONDS, begin_of, slots_between
from tenancy.alone import is_alone
from tenancy.scope import platform_scope

# An id is a little older than its commit, and a call's answer leaves no id of its own: it is
# looked for so long after it began.
OVERLAP = timedelta(minutes=3)
REACH = timedelta(hours=1)  # of changes in one run: after an outage it catches up step by step
_NAME = "figures"

_FIRST = """
SELECT least((SELECT id FROM payments_payment WHERE id >= %(since)s ORDER BY id LIMIT 1),
             (SELECT id FROM payments_refund WHERE id >= %(since)s ORDER BY id LIMIT 1),
             (SELECT id FROM payments_transition WHERE id >= %(since)s ORDER BY id LIMIT 1))
"""
# The first 48 bits of an id are its time in milliseconds; cut here into the numbers of slots.
_CHANGED = f"""
SELECT DISTINCT
       ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / {SLOT_SECONDS * 1000}
  FROM (SELECT id FROM payments_payment WHERE id >= %(since)s AND id < %(until)s
         UNION ALL
        SELECT id FROM payments_refund WHERE id >= %(since)s AND id < %(until)s
         UNION ALL
        SELECT COALESCE(refund_id, payment_id) FROM payments_transition
         WHERE id >= %(since)s AND id < %(until)s) AS changed
"""  # noqa: S608 - a number of ours


def roll_up() -> int:
    """Count what has changed since the last run, at most REACH of changes; how many slots.

    Where another process is at it, nothing is done.
    """
    with platform_scope(), transaction.atomic():
        if not is_alone("portal.roll_up"):
            return 0
        now = clock.now()
        since = _find_beginning(now)
        until = min(now, since + REACH)
        slots = _changed_slots(since, until)
        _count(slots)
        Progress.objects.update_or_create(name=_NAME, defaults={"until": until})
        return len(slots)


def recount(since: datetime, until: datetime) -> int:
    """Count every slot of ``[since, until)`` anew, whatever is kept; how many slots."""
    slots = list(slots_between(begin_of(since, HOUR), until))
    for slot in slots:
        with platform_scope(), transaction.atomic():
            count_slot(slot)
    for hour in sorted({begin_of(slot, HOUR) for slot in slots}):
        with platform_scope(), transaction.atomic():
            count_hour(hour)
    return len(slots)


def _find_beginning(now: datetime) -> datetime:
    """From when on changes are looked for: quiet times are passed over in one step."""
    progress = Progress.objects.filter(name=_NAME).first()
    return find_first_change(progress.until - OVERLAP if progress else None) or now


def find_first_change(since: datetime | None) -> datetime | None:
    """When the first change came at or after ``since`` (None: ever); None where there is none."""
    since = since or datetime.fromtimestamp(0, UTC)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, {"since": ids.first_uuid_at(since)})
        row = cursor.fetchone()
    first = row[0] if row else None
    return None if first is None else max(since, ids.moment_of(first))


def _changed_slots(since: datetime, until: datetime) -> list[datetime]:
    end = until + timedelta(milliseconds=1)  # what was made in this very moment is among them
    params = {"since": ids.first_uuid_at(since), "until": ids.first_uuid_at(end)}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, params)
        numbers = sorted(row[0] for row in cursor.fetchall())
    return [datetime.fromtimestamp(number * SLOT_SECONDS, UTC) for number in numbers]


def _count(slots: list[datetime]) -> None:
    hours = {begin_of(slot, HOUR) for slot in slots}
    for slot in sorted({*slots, *_forgotten_slots(hours)}):
        count_slot(slot)
    for hour in sorted(hours):
        count_hour(hour)


def _forgotten_slots(hours: Iterable[datetime]) -> Iterator[datetime]:
    """An hour is the sum of its slots: where they may have been forgotten, all are needed."""
    for hour in hours:
        if hour < oldest_kept():
            yield from slots_between(hour, hour + HOUR)
