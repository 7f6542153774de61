"""One running system, in a folder of its own, for the plays of a whole test run."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from config.demonstration.stage import prepare_stages
from config.embedded.locks import exclusive
from config.embedded.places import Places
from config.supervisor import Supervisor
from demo.acceptance import ACCEPTANCE
from demo.checks import Check
from demo.play import play_at_once, play_in_turn
from demo.screen import open_console
from demo.stage import Stage
from demo.story import STORY
from demo.verdict import Verdict

# What a test run is told, and a system of its own is not.
OF_THE_TEST_RUN = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")

PLAYING_SECONDS = 600.0  # the others wait for the one that plays; it takes about 50 s


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


@contextmanager
def running_system() -> Iterator[Supervisor]:
    """Sandbox, web, worker and beat as real processes, in a folder that is gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="tillgate-flows-"))
    root.chmod(0o755)  # the database's own account must be able to pass
    try:
        with own_environment(), Supervisor(data_dir=root / "data") as system:
            yield system
    finally:
        _remove(root)


def play_both() -> Plays:
    """The story and the acceptance cases, played by two merchants at the same time."""

    def in_turn(stage: Stage) -> list[Verdict]:
        return play_in_turn(STORY, stage, open_console())

    def at_once(stage: Stage) -> list[Verdict]:
        return play_at_once(ACCEPTANCE, stage, open_console())

    with running_system() as system, ThreadPoolExecutor(max_workers=2) as threads:
        (first, _), (second, _) = prepare_stages(system, 2)
        story, acceptance = threads.submit(in_turn, first), threads.submit(at_once, second)
        return Plays(story.result(), acceptance.result())


@pytest.fixture(scope="session")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Plays:
    """Played once per test run: the first process that needs it plays, the others read."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # what the processes of one run share
    kept = folder / "plays.json"
    with exclusive(folder / "plays.lock", timeout_seconds=PLAYING_SECONDS):
        if not kept.exists():
            kept.write_text(json.dumps(asdict(play_both())))
        return _read(json.loads(kept.read_text()))


def _read(kept: dict[str, Any]) -> Plays:
    def verdicts(of: str) -> list[Verdict]:
        return [
            Verdict(verdict["name"], tuple(Check(**check) for check in verdict["checks"]))
            for verdict in kept[of]
        ]

    return Plays(verdicts("story"), verdicts("acceptance"))


def _remove(root: Path) -> None:
    places = Places.of(root / "data")
    for folder in (root, places.sockets, places.outside):
        shutil.rmtree(folder, ignore_errors=True)
