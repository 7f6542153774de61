"""A circuit breaker per gateway address: one that fails again and again is left alone for a while.

Closed: calls go through. Open: none does. After a pause, lengthened by chance so that processes do
not come back together, one call at a time may try the address; its answer closes the breaker or
opens it anew, and an address that has come back is left alone at its next failure until it has
answered once more. State is this process's own: nothing is shared, nothing can be lost.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from kernel import clock

log = structlog.get_logger(__name__)

_TRIAL = timedelta(seconds=30)  # a trial whose caller died is over then
_LOOK = timedelta(seconds=1)  # so soon a trial under way may have brought an answer
_REMEMBERED = timedelta(seconds=30)  # so long repeats go to the other address after a failure


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """Failures in a row that open it, and the pause in seconds before a trial."""

    failures: int = 5
    pause_seconds: float = 5.0


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"  # open, and one call is on its way to find out


@dataclass(frozen=True, slots=True)
class _Wait:
    """From ``since`` on, for ``length``; over at once when the clock is set back before it."""

    since: datetime
    length: timedelta

    def is_over(self) -> bool:
        return not self.since <= clock.now() < self.since + self.length


class Breaker:
    """One address's; shared by threads and greenlets. ``chance()`` answers 0.0 to 1.0.

    Whoever is let in holds a *turn* and gives it back with what came of the call.
    """

    def __init__(
        self, address: str, limits: BreakerLimits, *, chance: Callable[[], float] = random.random
    ) -> None:
        self.address = address
        self._limits = limits
        self._chance = chance
        self._lock = threading.Lock()
        self._turn = 1  # another at each opening, trial and closing: late failures are known by it
        self._failures = 0
        self._failed: _Wait | None = None
        self._pause: _Wait | None = None  # None: closed
        self._is_trying = False

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self._pause is None:
            return State.CLOSED
        return State.TRYING if self._is_trying else State.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether calls go through."""
        return self._pause is None

    @property
    def is_due(self) -> bool:
        """Whether a trial could be made now."""
        pause = self._pause
        return pause is not None and pause.is_over()

    @property
    def next_look(self) -> datetime:
        """When it may be known whether it answers again; now, while it is closed."""
        pause = self._pause
        if pause is None:
            return clock.now()
        return clock.now() + _LOOK if self._is_trying else pause.since + pause.length

    @property
    def reluctance(self) -> tuple[bool, float]:
        """Repeats go first where this is least: no failure lately, or the oldest trial."""
        failed, pause = self._failed, self._pause
        has_just_failed = failed is not None and not failed.is_over()
        return (has_just_failed or pause is not None, pause.since.timestamp() if pause else 0.0)

    def enter(self) -> int | None:
        """A turn to call, while the address is not left alone."""
        return self._turn if self._pause is None else None

    def try_out(self) -> int | None:
        """A turn for the one call that may find out whether a pause that is over was enough."""
        with self._lock:
            if self._pause is None or not self._pause.is_over():
                return None
            self._is_trying = True
            self._pause = _Wait(clock.now(), _TRIAL)
            self._turn += 1
            return self._turn

    def record(self, turn: int, *, is_good: bool) -> None:
        """What came of the call. A failure counts in its own turn only, an answer always."""
        if not is_good:
            self._count_failure(turn)
        elif self._failures or self._pause is not None:
            self._close()

    def _count_failure(self, turn: int) -> None:
        with self._lock:
            if turn != self._turn:
                return
            self._failures += 1
            self._failed = _Wait(clock.now(), _REMEMBERED)
            is_first = self._pause is None
            if is_first and self._failures < self._limits.failures:
                return
            self._open()
        if is_first:
            log.error("gateway_address_left_alone", address=self.address, failures=self._failures)

    def _open(self) -> None:
        seconds = self._limits.pause_seconds * (1 + self._chance() / 2)
        self._pause = _Wait(clock.now(), timedelta(seconds=seconds))
        self._is_trying = False
        self._turn += 1

    def _close(self) -> None:
        with self._lock:
            was_open = self._pause is not None
            # One that has just come back has used up its patience; its next answer restores it.
            self._failures = self._limits.failures - 1 if was_open else 0
            self._failed, self._pause, self._is_trying = None, None, False
            self._turn += was_open
        if was_open:
            log.warning("gateway_address_answers_again", address=self.address)
