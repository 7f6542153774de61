"""Each worker's standby: drives what is neglected without beat and without the broker.

A step of the worker itself, not of its consumer: it goes on while the broker is away.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from celery import bootsteps

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 1.0
_AT_ONCE = 50  # rows driven at the same time by this worker's standby


class Standby(bootsteps.StartStopStep):
    """Looks once a second for rows that nobody has driven."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="standby", daemon=True)

    def start(self, worker: Any) -> None:
        self._thread.start()

    def stop(self, worker: Any) -> None:
        self._over.set()

    def _run(self) -> None:
        from payments.services.sweep import drive_neglected

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="standby") as executor:
            while not self._over.wait(_LOOK_EVERY_SECONDS):
                try:
                    if found := drive_neglected(executor):
                        log.warning("neglected_rows_driven", rows=found)
                except Exception:
                    log.exception("standby_failed")  # the database is away: look again
