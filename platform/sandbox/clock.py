"""The sandbox's own clock: the machine's, moved by whoever tests midnight, windows and closings."""

import threading
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")


class SandboxClock:
    """``now()`` is the machine's time plus an offset that the control API sets."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return datetime.now(UTC) + self._offset

    def set(self, moment: datetime) -> None:
        """Make it ``moment`` now; time goes on from there."""
        with self._lock:
            self._offset = moment - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds``."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """The machine's time again."""
        with self._lock:
            self._offset = timedelta()


class ManualClock(SandboxClock):
    """Stands still until it is moved: boundaries are tested to the second."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._start = self._moment = moment

    def now(self) -> datetime:
        with self._lock:
            return self._moment

    def set(self, moment: datetime) -> None:
        with self._lock:
            self._moment = moment

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._moment += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Back to where it began."""
        self.set(self._start)


def beijing_compact(moment: datetime) -> str:
    """``yyyyMMddHHmmss`` in Beijing (reference §1.2)."""
    return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")


def beijing_plain(moment: datetime) -> str:
    """``yyyy-MM-dd HH:mm:ss`` in Beijing (reference §1.2)."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
