"""Each worker's standby: does what is neglected of its queues without beat and without the broker.

A step of the worker itself, not of its consumer: it goes on while the broker is away.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import structlog
from celery import bootsteps

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 1.0
_AT_ONCE = 50  # rows driven at the same time by this worker's standby
Search = Callable[[Executor], int]


def _drive_payments(executor: Executor) -> int:
    from payments.services.sweep import drive_neglected

    return drive_neglected(executor)


def _deliver_webhooks(executor: Executor) -> int:
    from events.services.sweep import deliver_neglected

    return deliver_neglected(executor)


# Who takes a queue's tasks stands by for its rows; no queue's rows wait for another's.
_SEARCHES: dict[str, Search] = {"tillgate": _drive_payments, "webhooks": _deliver_webhooks}


def _let_names_be_resolved_at_once() -> None:
    """gevent asks the system's resolver in ten threads: ten slow names would delay every other."""
    from django.conf import settings
    from gevent import get_hub

    get_hub().threadpool.maxsize = settings.WEBHOOK_CONCURRENCY


class Standby(bootsteps.StartStopStep):
    """Looks once a second for rows that nobody has driven."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._over = threading.Event()

    def start(self, worker: Any) -> None:
        for queue in worker.app.amqp.queues.consume_from:
            if queue == "webhooks":
                _let_names_be_resolved_at_once()
            if search := _SEARCHES.get(queue):
                threading.Thread(
                    target=self._run, args=(search,), name=f"standby-{queue}", daemon=True
                ).start()

    def stop(self, worker: Any) -> None:
        self._over.set()

    def _run(self, search: Search) -> None:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="standby") as executor:
            while not self._over.wait(_LOOK_EVERY_SECONDS):
                try:
                    if found := search(executor):
                        log.warning("neglected_work_found", rows=found)
                except Exception:
                    log.exception("standby_failed")  # the database is away: look again
