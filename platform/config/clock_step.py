"""A Celery worker's step that makes its clock the database's."""

from typing import Any

from celery import bootsteps


class ClockStep(bootsteps.StartStopStep):
    """Before the worker takes its first task."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        # Not at the top: gunicorn's master imports this package before it patches anything.
        from config import one_clock

        one_clock.start()
