"""When a delivery is tried again, and when an endpoint is given up. Pure; seconds everywhere."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

_MINUTE, _HOUR = 60, 3600
# After the first try, the second …: thirteen tries in three days (71 h 43 min without jitter).
DELAYS_SECONDS = (
    5,
    30,
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    1 * _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    12 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
JITTER = 0.1  # of each delay, to both sides: what failed together does not come back together
LEASE_SECONDS = 30  # twice the time limit of a try; a dead worker is replaced after it
DISABLE_AFTER = timedelta(days=5)  # of failing without a single success
SECRET_OVERLAP = timedelta(hours=24)
SLOW_MS = 5_000  # an answer later than that marks its endpoint as impaired
IN_FLIGHT_LIMIT = 4  # tries at once for one endpoint
IN_FLIGHT_LIMIT_IMPAIRED = 1
TURN_LIMIT = 20  # deliveries of one endpoint before the others have their turn
SWEEP_GRACE_SECONDS = 0.5  # who was woken has this long before the sweep steps in
NEGLECTED_SECONDS = 4  # and the sweep this long before each worker's standby does
MAIL_LEASE_SECONDS = 120

_draw: Callable[[], float] = random.random


def next_try(now: datetime, *, tries: int) -> datetime | None:
    """When to try again after ``tries`` failed ones; None when that was the last."""
    if tries > len(DELAYS_SECONDS):
        return None
    factor = 1 + JITTER * (2 * _draw() - 1)
    return now + timedelta(seconds=DELAYS_SECONDS[tries - 1] * factor)


def lease_ends(now: datetime) -> datetime:
    """Until when a claim made now holds."""
    return now + timedelta(seconds=LEASE_SECONDS)


@contextmanager
def using_draws(source: Callable[[], float]) -> Iterator[None]:
    """Draw the jitter from ``source()`` (0 to 1) until the block ends."""
    global _draw
    previous, _draw = _draw, source
    try:
        yield
    finally:
        _draw = previous
