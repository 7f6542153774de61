"""One running system, in a folder of its own, for the plays of a whole test run."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from config.demonstration.stage import prepare_stages
from config.embedded.locks import exclusive
from demo.acceptance import ACCEPTANCE
from demo.checks import Check
from demo.play import play_at_once, play_in_turn
from demo.screen import open_console
from demo.stage import Stage
from demo.story import STORY
from demo.verdict import Verdict
from tests.running import running_system

PLAYING_SECONDS = 600.0  # the others wait for the one that plays; it takes about 50 s


@dataclass(frozen=True)
class Plays:
    """What became of each step."""

    story: list[Verdict]
    acceptance: list[Verdict]


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
