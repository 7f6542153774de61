"""How time is cut: into slots of five minutes, and into hours (twelve slots), from the epoch on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

SLOT_SECONDS = 300
SLOT = timedelta(seconds=SLOT_SECONDS)
HOUR = timedelta(hours=1)


def begin_of(moment: datetime, length: timedelta = SLOT) -> datetime:
    """When the slot (or the hour) of ``moment`` began."""
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def slots_between(since: datetime, until: datetime) -> Iterator[datetime]:
    """The beginning of each slot that has a moment in ``[since, until)``, oldest first."""
    slot = begin_of(since)
    while slot < until:
        yield slot
        slot += SLOT
