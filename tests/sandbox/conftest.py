"""A sandbox on a clock that stands still, and a till that signs with MD5."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sandbox.clock import BEIJING, ManualClock
from sandbox.server import Serving, serving
from sandbox.signing import new_private_pem
from sandbox.storage import Storage
from tests.sandbox.till import Till

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(scope="session")
def own_key() -> str:
    return new_private_pem()


@pytest.fixture
def data(tmp_path: Path, own_key: str) -> Path:
    """A data folder that has its key already: making one takes longer than most tests."""
    storage = Storage(tmp_path)
    with storage.writing() as rows:
        rows.execute("INSERT INTO own_key VALUES (1, ?)", (own_key,))
    storage.close()
    return tmp_path


@pytest.fixture
def box(data: Path, clock: ManualClock) -> Iterator[Serving]:
    with serving(data, clock=clock) as running:
        running.gateway.wait = lambda timeout=None: True
        yield running


@pytest.fixture
def till(box: Serving) -> Iterator[Till]:
    with Till(box.url) as ready:
        yield ready
