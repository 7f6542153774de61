"""The last chapters of `make demo`, played against real processes."""

from decimal import Decimal

import pytest
import requests

from config.demonstration.closing import MONEY, WEEKS, YESTERDAY, play_closing
from demo.screen import open_console
from demo.verdict import Verdict
from tests.flows.conftest import Plays, Theatre

DAYS = 8  # the till recommends on the last seven


@pytest.fixture(scope="module")
def chapters(theatre: Theatre, plays: Plays) -> list[Verdict]:
    """After the other plays: it sets back the sandbox's clock, which is everybody's."""
    return play_closing(theatre.system, theatre.of_story, open_console(), days=DAYS)


@pytest.mark.parametrize(("place", "name"), [(0, WEEKS), (1, YESTERDAY), (2, MONEY)])
def test_each_closing_chapter_goes_as_told(chapters: list[Verdict], place: int, name: str) -> None:
    verdict = chapters[place]

    assert verdict.name == name
    assert [check for check in verdict.checks if not check.is_ok] == []
    assert verdict.is_ok


def test_played_again_nothing_is_written_twice(theatre: Theatre, chapters: list[Verdict]) -> None:
    before = settlements(theatre)

    again = play_closing(theatre.system, theatre.of_story, open_console(), days=DAYS)

    assert again == chapters
    assert settlements(theatre) == before
    assert len(before) == DAYS


def settlements(theatre: Theatre) -> list[tuple[str, Decimal]]:
    """Each batch of the shop that played, by the API."""
    stage = theatre.of_story
    answer = requests.get(
        f"{stage.web_url}/v1/settlements",
        params={"limit": 100},
        headers={"Authorization": f"Bearer {stage.api_key}"},
        timeout=20,
    )
    return [(row["id"], row["paid_out"]) for row in answer.json()["data"]]
