"""The passing of time: closes what nobody paid, runs due refunds, forgets old records."""

import logging
import threading

from sandbox import refunds, trades
from sandbox.clock import SandboxClock
from sandbox.files import making
from sandbox.readings import Readings
from sandbox.storage import Storage

_FORGETS_EVERY = 3000  # ticks
_FILES_EVERY = 25  # ticks
_log = logging.getLogger(__name__)


class Ticker:
    """A thread that looks at the clock several times a second."""

    def __init__(
        self,
        storage: Storage,
        clock: SandboxClock,
        tick_seconds: float = 0.2,
        readings: Readings | None = None,
    ) -> None:
        self._storage, self._clock, self._seconds = storage, clock, tick_seconds
        self._readings = readings or Readings()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def tick(self) -> None:
        """What is due at this moment."""
        now = self._clock.now()
        with self._storage.writing() as rows:
            trades.settle_time(rows, now)
            refunds.run_batch(rows, now)

    def _run(self) -> None:
        ticks = 0
        while not self._stop.wait(self._seconds):
            ticks += 1
            try:
                self.tick()
                if ticks % _FILES_EVERY == 0:
                    making.make_what_is_due(self._storage, self._clock.now(), self._readings)
                if ticks % _FORGETS_EVERY == 0:
                    self._storage.forget_the_oldest(self._clock.now().timestamp())
            except Exception:  # noqa: BLE001 - the outermost loop
                _log.exception("time did not pass; the next tick tries again")
