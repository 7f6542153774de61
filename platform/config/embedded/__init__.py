"""Real PostgreSQL and Valkey from their wheels, so that a fresh machine needs Python only.

Whoever needs the servers enters ``in_use``; the last to leave stops them. They run in sessions of
their own, so Ctrl-C on a terminal never reaches them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import postgres, valkey
from config.embedded.failure import EmbeddedServerError
from config.embedded.locks import exclusive, take_exclusive_now, take_shared
from config.embedded.places import Places

__all__ = [
    "EmbeddedServerError",
    "database_url",
    "ensure_running",
    "in_use",
    "redis_url",
    "stop",
]

_START_LOCK_SECONDS = 180.0  # a first start on a slow disk, while another process waits for it


def database_url(data_dir: Path) -> str:
    """DATABASE_URL of the embedded PostgreSQL of ``data_dir``: where it is or would be."""
    return postgres.url(Places.of(data_dir))


def redis_url(data_dir: Path) -> str:
    """REDIS_URL of the embedded Valkey of ``data_dir``, as redis-py reads it (``unix://``)."""
    return valkey.url(Places.of(data_dir))


def ensure_running(data_dir: Path) -> None:
    """Start what does not answer, one process at a time, and come back when both servers do.

    Takes a few milliseconds when they run. Raises EmbeddedServerError, with the end of the
    server's log where there is one.
    """
    places = Places.of(data_dir)
    try:
        places.make()
        with exclusive(places.locks / "start", timeout_seconds=_START_LOCK_SECONDS):
            for server in (postgres, valkey):
                if not server.is_running(places):
                    server.start(places)
    except PermissionError as refused:
        raise EmbeddedServerError(
            f"{refused}: this data folder belongs to another user; "
            "set TILLGATE_DATA_DIR to a folder of your own"
        ) from refused


def stop(data_dir: Path) -> None:
    """Stop both servers of ``data_dir``, whoever uses them; nothing happens if none runs."""
    places = Places.of(data_dir)
    if not places.data.exists():
        return
    with exclusive(places.locks / "start", timeout_seconds=_START_LOCK_SECONDS):
        for server in (valkey, postgres):
            server.stop(places)


@contextmanager
def in_use(data_dir: Path) -> Iterator[int]:
    """Have both servers run while inside; the last to leave stops them.

    Gives the file descriptor of the use lock: a child that inherits it keeps them running too.
    """
    use = Places.of(data_dir).locks / "use"
    held = take_shared(use, timeout_seconds=_START_LOCK_SECONDS)
    try:
        ensure_running(data_dir)
        yield held
    finally:
        os.close(held)
        _stop_if_last(data_dir, use)


def _stop_if_last(data_dir: Path, use: Path) -> None:
    """Whoever comes at this moment waits for the use lock, and then starts the servers again."""
    alone = take_exclusive_now(use)
    if alone is None:
        return
    try:
        stop(data_dir)
    finally:
        os.close(alone)
