"""The story of `make demo`, played against real processes: a test per step."""

import pytest

from demo.story import STORY
from tests.flows.conftest import Plays


@pytest.mark.parametrize("place", range(len(STORY)), ids=[step.name for step in STORY])
def test_each_step_goes_as_the_story_tells(plays: Plays, place: int) -> None:
    verdict = plays.story[place]

    assert verdict.name == STORY[place].name
    assert [check for check in verdict.checks if not check.is_ok] == []
    assert verdict.is_ok
