"""Threads that start together, each with a connection of its own: transactions that collide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(many: int, work: Callable[[int], T]) -> list[T]:
    """What ``work`` answers to the numbers 0, 1, … below ``many``; raises what one of them does."""
    gate = Barrier(many)

    def run(number: int) -> T:
        try:
            gate.wait(timeout=60)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(run, range(many)))
