"""Decides who may start servers (one at a time) and when nobody needs them any more.

Both are kernel locks on files: ``kill -9`` gives them back, so no count can go wrong.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.failure import EmbeddedServerError

_PAUSE_SECONDS = 0.02


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take_shared(path: Path, *, timeout_seconds: float) -> int:
    """A file descriptor that holds a shared lock on ``path`` for as long as any process has it."""
    return _take(path, fcntl.LOCK_SH, timeout_seconds)


def take_exclusive_now(path: Path) -> int | None:
    """A descriptor with the only lock on ``path``, or None while somebody else has one."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def exclusive(path: Path, *, timeout_seconds: float) -> Iterator[None]:
    """Hold the only lock on ``path``; raises EmbeddedServerError after ``timeout_seconds``."""
    descriptor = _take(path, fcntl.LOCK_EX, timeout_seconds)
    try:
        yield
    finally:
        os.close(descriptor)


def _take(path: Path, kind: int, timeout_seconds: float) -> int:
    descriptor = _open(path)
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise EmbeddedServerError(
                    f"{path} was locked by another process for {timeout_seconds:g} s"
                ) from None
        time.sleep(_PAUSE_SECONDS)
