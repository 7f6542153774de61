"""A whole running system for tests that look at it from outside: real processes, real servers."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import env
from config.embedded.places import Places
from config.supervisor import Supervisor

# What a test run is told, and a system of its own is not: with the tests' settings it would have no
# pool, and connect to the database for each request and each task.
OF_THE_TEST_RUN = ("DJANGO_SETTINGS_MODULE", *env.VARIABLES)


@contextmanager
def own_environment() -> Iterator[None]:
    """Processes started inside see development settings and no server of the test run.

    The web serves by one process: its second took four seconds of CPU to start.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_THE_TEST_RUN:
            patch.delenv(name, raising=False)
        patch.setenv("WEB_CONCURRENCY", "1")
        yield


@contextmanager
def running_system(prepare: Callable[[Path], None] = lambda data: None) -> Iterator[Supervisor]:
    """Sandbox, web, workers and beat as real processes, in a folder that is gone afterwards.

    ``prepare`` may put something into the data folder before.
    """
    with own_folder() as data:
        prepare(data)
        with own_environment(), Supervisor(data_dir=data) as system:
            yield system


@contextmanager
def own_folder() -> Iterator[Path]:
    """A data folder for one system, where the database's own account can pass."""
    root = Path(tempfile.mkdtemp(prefix="tillgate-system-"))
    root.chmod(0o755)
    try:
        yield root / "data"
    finally:
        places = Places.of(root / "data")
        for folder in (root, places.sockets, places.outside):
            shutil.rmtree(folder, ignore_errors=True)
