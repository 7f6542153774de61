"""A whole running system for tests that look at it from outside: real processes, real servers."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded.places import Places
from config.supervisor import Supervisor

# What a test run is told, and a system of its own is not.
OF_THE_TEST_RUN = (
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "TILLGATE_SECOND_FACTOR_ROLES",
)


@contextmanager
def own_environment() -> Iterator[None]:
    """Processes started inside see development settings and no server of the test run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_THE_TEST_RUN:
            patch.delenv(name, raising=False)
        yield


@contextmanager
def running_system() -> Iterator[Supervisor]:
    """Sandbox, web, workers and beat as real processes, in a folder that is gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="tillgate-flows-"))
    root.chmod(0o755)  # the database's own account must be able to pass
    try:
        with own_environment(), Supervisor(data_dir=root / "data") as system:
            yield system
    finally:
        _remove(root)


def _remove(root: Path) -> None:
    places = Places.of(root / "data")
    for folder in (root, places.sockets, places.outside):
        shutil.rmtree(folder, ignore_errors=True)
