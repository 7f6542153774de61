"""One running system, in a folder of its own, for all flows of a test run.

They share nothing else: each has an acquirer of its own in it. All run in one process (GROUPS in
tests/conftest.py).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from config.demonstration.stage import prepare_stages
from config.supervisor import Supervisor
from demo.acceptance import ACCEPTANCE
from demo.play import play_at_once, play_in_turn
from demo.screen import open_console
from demo.stage import Stage
from demo.story import STORY
from demo.verdict import Verdict
from tests.running import running_system


@dataclass(frozen=True)
class Theatre:
    """The system, and a stage for each who needs one."""

    system: Supervisor
    of_story: Stage
    of_acceptance: Stage
    of_webhooks: Stage


@dataclass(frozen=True)
class Plays:
    """What became of each step."""

    story: list[Verdict]
    acceptance: list[Verdict]


@pytest.fixture(scope="package")
def theatre() -> Iterator[Theatre]:
    with running_system() as system:
        yield Theatre(system, *(stage for stage, _ in prepare_stages(system, 3)))


@pytest.fixture(scope="package")
def plays(theatre: Theatre) -> Plays:
    """The story and the acceptance cases, played by two merchants at the same time."""

    def in_turn(stage: Stage) -> list[Verdict]:
        return play_in_turn(STORY, stage, open_console())

    def at_once(stage: Stage) -> list[Verdict]:
        return play_at_once(ACCEPTANCE, stage, open_console())

    with ThreadPoolExecutor(max_workers=2) as threads:
        story = threads.submit(in_turn, theatre.of_story)
        acceptance = threads.submit(at_once, theatre.of_acceptance)
        return Plays(story.result(), acceptance.result())
