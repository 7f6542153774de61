"""The one source of the time. Code asks ``now()``; tests install a clock they can move."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Answers the present moment as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock, put right by ``offset``."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds``."""
        self._now += timedelta(seconds=seconds)


_clock: Clock = SystemClock()
_cause: ContextVar[datetime | None] = ContextVar("cause", default=None)
_STEP = timedelta(milliseconds=10)  # more than it takes to make all stamps and ids of one change
_MOST = timedelta(seconds=1)  # a stamp further ahead is of a clock gone wrong: not waited for


def now() -> datetime:
    """The present moment, aware, in UTC; inside ``after`` behind the moment given there."""
    present, cause = _clock.now(), _cause.get()
    # Only a clock that stands still says the same twice.
    if cause is None or present == cause or not cause - _MOST <= present < cause + _STEP:
        return present
    return cause + _STEP


@contextmanager
def after(moment: datetime | None) -> Iterator[None]:
    """Until the block ends, ``now()`` is 10 ms or more after ``moment`` (None: any).

    For what follows from something that another process has stamped: clocks of two machines may
    differ by a little (up to a second), and yet an effect never stands before its cause, in times
    or in ids.
    """
    token = _cause.set(max(filter(None, (_cause.get(), moment)), default=None))
    try:
        yield
    finally:
        _cause.reset(token)


def show_time(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds: ``2026-11-22T14:30:05.123Z``."""
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def install(clock: Clock) -> None:
    """Let ``clock`` answer ``now()`` in this process from now on."""
    global _clock
    _clock = clock


@contextmanager
def using_clock(clock: Clock) -> Iterator[Clock]:
    """Let ``clock`` answer ``now()`` in this process until the block ends."""
    global _clock
    previous, _clock = _clock, clock
    try:
        yield clock
    finally:
        _clock = previous
