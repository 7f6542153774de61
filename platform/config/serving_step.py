"""A Celery worker's step between loading and serving."""

from typing import Any

from celery import bootsteps

from config import collector


class ServingStep(bootsteps.StartStopStep):
    """Before the worker takes its first task: from now on its clock is the database's, and no task
    waits long for garbage."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        # Not at the top: gunicorn's master imports this package before it patches anything.
        from config import one_clock

        collector.serve()
        one_clock.start()
