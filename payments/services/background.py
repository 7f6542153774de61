"""Work that goes on while the caller waits for it, or after the caller has gone.

Under the web server's monkey patching a thread is a greenlet: cheap, and thousands fit.
"""

import threading
from collections.abc import Callable

import structlog

from tenancy.postgres import release_connection
from tenancy.prepared import prepared

log = structlog.get_logger(__name__)


def _run(work: Callable[[], None]) -> None:
    try:
        with prepared():
            work()
    except Exception:
        # Whatever it was about is still due in its table: the driver takes over.
        log.exception("background_work_failed")
    finally:
        release_connection()


def _start_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=_run, args=(work,), daemon=True).start()


start: Callable[[Callable[[], None]], None] = _start_thread


def in_background(work: Callable[[], None]) -> None:
    """Start ``work`` and return; an error in it is logged, its connection given back.

    Tests set ``start`` to ``_run`` where the work must be done before the answer.
    """
    start(work)
