"""Turns the first wish to stop into KeyboardInterrupt, and a second one into hurry."""

import signal
import threading
from types import FrameType
from typing import Any

_WISHES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopWishes:
    """While installed, the first signal raises KeyboardInterrupt, unless stopping began already.

    Outside the main thread nothing is installed: Python delivers signals nowhere else.
    """

    def __init__(self) -> None:
        self.hurry = threading.Event()
        self._stopping = False
        self._before: dict[int, Any] = {}

    def install(self) -> None:
        """Take the signals over."""
        if threading.current_thread() is threading.main_thread():
            for number in _WISHES:
                self._before[number] = signal.signal(number, self._wish)

    def begin_stopping(self) -> None:
        """From now on a signal only sets ``hurry``: what is being stopped is stopped to the end."""
        self._stopping = True

    def restore(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _wish(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            self.hurry.set()
            return
        self._stopping = True
        raise KeyboardInterrupt
