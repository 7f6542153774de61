"""Celery's tasks, all of one kind."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from celery import shared_task

from tenancy.postgres import release_connection

P = ParamSpec("P")


def task(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """What Celery knows by ``name``. However it ends, its connection to the database goes back: the
    pool is small, and a worker does much at once.
    """

    def decorate(work: Callable[P, None]) -> Callable[P, None]:
        @wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                work(*args, **kwargs)
            finally:
                release_connection()

        decorated: Callable[P, None] = shared_task(name=name)(run)
        return decorated

    return decorate
