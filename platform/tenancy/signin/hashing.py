"""Digests of passwords, made beside the event loop: a sign-in must not hold up a payment.

A digest takes some tenths of a second of one core, on purpose. A web worker carries its payments on
one loop, which would stand still meanwhile: so the digest is made in a thread, one at a time in
each process, and whoever signs in waits in a queue.
"""

from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class PatientHasher(PBKDF2PasswordHasher):
    """Django's own digests, readable by Django's own hasher."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return str(_beside_the_loop(super().encode, password, salt, iterations))


def _beside_the_loop(work: Any, *args: Any) -> Any:
    from gevent import monkey

    if not monkey.is_module_patched("threading"):
        return work(*args)
    return _pool().apply(work, args)


@lru_cache(maxsize=1)
def _pool() -> Any:
    from gevent.threadpool import ThreadPool

    return ThreadPool(1)
