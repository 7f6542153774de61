"""One clock for all processes: the database's. Due times and deadlines are compared across them.

A machine whose clock is minutes off would otherwise query late, cancel early, or find nothing due.
Each serving process measures how far its clock is from PostgreSQL's, and corrects ``kernel.clock``
by it. Below TOLERANCE the machine's own clock is right enough and runs more smoothly.
"""

import threading
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from kernel import clock
from tenancy.postgres import release_connection

log = structlog.get_logger(__name__)

TOLERANCE = timedelta(milliseconds=250)
_MEASURE_EVERY_SECONDS = 10.0
_MEASURE_AGAIN_SECONDS = 0.2  # while it has never been answered
_FIRST_SECONDS = 3.0  # a process whose database is away starts all the same
_WORTH_A_LINE = timedelta(seconds=1)


def start() -> None:
    """Measure now, then every ten seconds for as long as the process lives.

    In a thread of its own: greenlets that serve requests would inherit its database connection.
    """
    is_measured = threading.Event()
    threading.Thread(target=_go_on, args=(is_measured,), name="one-clock", daemon=True).start()
    is_measured.wait(_FIRST_SECONDS)


def measure() -> bool:
    """Correct this process's clock; False while the database is away: the last correction stays."""
    local = clock.SystemClock(timedelta(seconds=settings.CLOCK_SKEW_SECONDS))
    try:
        before = local.now()
        theirs = _ask_database()
        after = local.now()
    except DatabaseError as error:
        log.warning("clock_not_compared", error=type(error).__name__)
        return False
    finally:
        release_connection()
    _correct(local, theirs - (before + (after - before) / 2), (after - before) / 2)
    return True


def _ask_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment.astimezone(UTC)


def _correct(local: clock.SystemClock, difference: timedelta, doubt: timedelta) -> None:
    """Follow the database where the machine's clock is surely off; ``doubt`` is the error."""
    if abs(difference) - doubt < TOLERANCE:
        difference = timedelta()
    known = clock.now() - local.now()
    if abs(difference - known) >= _WORTH_A_LINE:
        log.warning("clock_corrected", by_seconds=round(difference.total_seconds(), 3))
    clock.install(clock.SystemClock(local.offset + difference))


def _go_on(is_measured: threading.Event) -> None:
    pause = threading.Event()
    _measure_first(pause)
    is_measured.set()
    while not pause.wait(_MEASURE_EVERY_SECONDS):
        measure()


def _measure_first(pause: threading.Event) -> None:
    """Until the database has answered once, this process's clock may be off by minutes."""
    while not measure():
        pause.wait(_MEASURE_AGAIN_SECONDS)
