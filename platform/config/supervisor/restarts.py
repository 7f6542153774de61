"""Decides when a process that died is started again, and when to give up."""

from dataclasses import dataclass

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 4.0
STEADY_SECONDS = 10.0  # whoever lived as long as this has a clean record again
MOST_DEATHS = 12


@dataclass
class Restarts:
    """The deaths of one process in a row. Times are seconds of one monotonic clock."""

    deaths: int = 0

    def next_start(self, *, started: float, died: float) -> float | None:
        """When to start it again after this death; None when it died too often in a row."""
        self.deaths = 1 if died - started >= STEADY_SECONDS else self.deaths + 1
        if self.deaths >= MOST_DEATHS:
            return None
        delay: float = FIRST_DELAY_SECONDS * 2 ** (self.deaths - 1)
        return died + min(delay, LONGEST_DELAY_SECONDS)
