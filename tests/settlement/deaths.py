"""Programs of the system beside a test: held where they write to a table, and killed there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from config import env
from config.embedded.process import wait_until
from tests.database import address_of

_SECONDS = 120  # of a machine that does much else beside
_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
 WHERE NOT granted AND datname = current_database()
"""


def _url() -> str:
    """The test's database, as its owner."""
    return address_of(env.database_url(), connection.settings_dict["NAME"])


@contextmanager
def another_session() -> Iterator[Any]:
    """A session of the test's database beside the test's own, in one transaction."""
    with psycopg.connect(_url()) as owner:
        yield owner


@contextmanager
def held_at(table: str) -> Iterator[Any]:
    """Nobody writes to ``table`` meanwhile; gives a session that may look who waits."""
    with another_session() as owner:
        owner.execute(f"LOCK TABLE {table} IN SHARE MODE")  # type: ignore[arg-type]
        yield owner


def begin(*command: str, **told: str) -> subprocess.Popen[str]:
    """A program of ours in a process of its own, on the test's database and its broker."""
    ours = {"DATABASE_URL": _url(), "REDIS_URL": settings.REDIS_URL}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *command], cwd=env.BASE_DIR,
        env=os.environ | ours | {"TILLGATE_LOG_LEVEL": "WARNING"} | told,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_until_held(owner: Any, *processes: subprocess.Popen[str]) -> None:
    """Until as many sessions wait for a lock as there are processes."""

    def are_held() -> bool:
        for process in processes:
            assert process.poll() is None, process.communicate()
        (waiting,) = owner.execute(_WAITING).fetchone()
        return bool(waiting >= len(processes))

    assert wait_until(are_held, timeout_seconds=_SECONDS), "nobody came to the table"


def kill_at(table: str, *command: str, **told: str) -> None:
    """Begin the command, and kill it (SIGKILL) where it writes to ``table``."""
    with held_at(table) as owner:
        process = begin(*command, **told)
        wait_until_held(owner, process)
        process.kill()
        process.communicate()


def done(process: subprocess.Popen[str]) -> dict[str, str]:
    """What a command said when it had ended well."""
    said, complaints = process.communicate(timeout=_SECONDS)
    assert process.returncode == 0, complaints
    return dict(line.split(": ", 1) for line in said.splitlines())


def manage(name: str, *options: str) -> tuple[str, ...]:
    return ("manage.py", name, *options)
