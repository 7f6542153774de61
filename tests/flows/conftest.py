"""One running system, in a folder of its own, for every flow of this test process."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.demonstration.stage import prepare_stages
from config.embedded.places import Places
from config.supervisor import Supervisor
from demo.acceptance import ACCEPTANCE
from demo.play import play_at_once, play_in_turn
from demo.screen import open_console
from demo.stage import Stage
from demo.story import STORY
from demo.verdict import Verdict

# What a test run is told, and a system of its own is not.
OF_THE_TEST_RUN = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


@dataclass(frozen=True)
class Plays:
    """What became of each step."""

    story: list[Verdict]
    acceptance: list[Verdict]


@contextmanager
def own_environment() -> Iterator[None]:
    """Processes started inside see development settings and no server of the test run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_THE_TEST_RUN:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def system() -> Iterator[Supervisor]:
    """Sandbox, web, worker and beat as real processes."""
    root = Path(tempfile.mkdtemp(prefix="tillgate-flows-"))
    root.chmod(0o755)  # the database's own account must be able to pass
    running = Supervisor(data_dir=root / "data")
    try:
        with own_environment():
            running.__enter__()
        try:
            yield running
        finally:
            running.__exit__(None, None, None)
    finally:
        _remove(root)


@pytest.fixture(scope="session")
def plays(system: Supervisor) -> Plays:
    """The story and the acceptance cases, played by two merchants at the same time."""

    def in_turn(stage: Stage) -> list[Verdict]:
        return play_in_turn(STORY, stage, open_console())

    def at_once(stage: Stage) -> list[Verdict]:
        return play_at_once(ACCEPTANCE, stage, open_console())

    with own_environment(), ThreadPoolExecutor(max_workers=2) as threads:
        (first, _), (second, _) = prepare_stages(system, 2)
        story, acceptance = threads.submit(in_turn, first), threads.submit(at_once, second)
        return Plays(story.result(), acceptance.result())


def _remove(root: Path) -> None:
    places = Places.of(root / "data")
    for folder in (root, places.sockets, places.outside):
        shutil.rmtree(folder, ignore_errors=True)
