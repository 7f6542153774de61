"""A circuit breaker per gateway address: one that fails again and again is left alone for a while.

Closed: calls go through. Open: none does. After a pause, lengthened by chance so that processes do
not come back together, one call at a time may try the address; its answer closes the breaker or
opens it anew. State is this process's own: nothing is shared, nothing can be lost.
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

_TRIAL_SECONDS = 30  # a trial whose caller died is over then


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """Failures in a row that open it, and the pause in seconds before a trial."""

    failures: int = 5
    pause_seconds: float = 5.0


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"  # open, and one call is on its way to find out


class Breaker:
    """One address's; shared by threads and greenlets. ``chance()`` answers 0.0 to 1.0."""

    def __init__(
        self, address: str, limits: BreakerLimits, *, chance: Callable[[], float] = random.random
    ) -> None:
        self.address = address
        self._limits = limits
        self._chance = chance
        self._lock = threading.Lock()
        self._failures = 0
        self._retry_at: datetime | None = None  # None: closed
        self._is_trying = False

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self._retry_at is None:
            return State.CLOSED
        return State.TRYING if self._is_trying else State.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether calls go through."""
        return self._retry_at is None

    @property
    def has_just_failed(self) -> bool:
        """Whether the last call failed."""
        return self._failures > 0

    @property
    def is_due(self) -> bool:
        """Whether a trial could be made now."""
        return self._retry_at is not None and clock.now() >= self._retry_at

    def admit(self) -> bool:
        """Whether the caller may call now; a yes while open makes the caller the one trial."""
        if self._retry_at is None:
            return True
        with self._lock:
            now = clock.now()
            if self._retry_at is None:
                return True
            if now < self._retry_at:
                return False
            self._is_trying = True
            self._retry_at = now + timedelta(seconds=_TRIAL_SECONDS)
            return True

    def record(self, *, is_good: bool) -> None:
        """What came of a call. Late failures of calls from before the opening change nothing."""
        if is_good:
            if self._failures or self._retry_at is not None:
                self._close()
            return
        with self._lock:
            self._failures += 1
            is_open = self._retry_at is not None
            if self._is_trying or (not is_open and self._failures >= self._limits.failures):
                self._open(is_first=not is_open)

    def _open(self, *, is_first: bool) -> None:
        pause = self._limits.pause_seconds * (1 + self._chance() / 2)
        self._retry_at = clock.now() + timedelta(seconds=pause)
        self._is_trying = False
        if is_first:
            log.error("gateway_address_left_alone", address=self.address, failures=self._failures)

    def _close(self) -> None:
        with self._lock:
            was_open = self._retry_at is not None
            self._failures, self._retry_at, self._is_trying = 0, None, False
        if was_open:
            log.warning("gateway_address_answers_again", address=self.address)
