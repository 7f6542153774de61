"""Playing: every step is judged and told, whatever became of the one before it."""

import io
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from demo.checks import Check, same
from demo.play import Step, play_at_once, play_in_turn
from demo.scene import Sale, Scene
from demo.screen import ACCEPTANCE_WORDS, STORY_WORDS, print_table
from demo.stage import Stage
from demo.verdict import Verdict, exit_status

# Nothing answers there: a step that calls cannot go well.
STAGE = Stage(
    web_url="http://127.0.0.1:9",
    sandbox_url="http://127.0.0.1:9",
    run="r1",
    partner_id="2088000000000001",
    store="str_1",
    terminal="trm_1",
    scheme_store_id="S001",
    scheme_merchant_id="M0001",
    api_key="tg_test_secret",
    rival_api_key="tg_test_other",
)
Play = Callable[[Sequence[Step], Stage, Console], list[Verdict]]


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=120)


def told(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def agrees(scene: Scene) -> list[Check]:
    return [same("HTTP", 201, 201)]


def differs(scene: Scene) -> list[Check]:
    return [same("HTTP", 201, 500), same("payment", "succeeded", "succeeded")]


def calls_nobody(scene: Scene) -> list[Check]:
    scene.till.charge({}, wait_seconds=0)
    return [same("HTTP", 201, 201)]


@pytest.mark.parametrize("play", [play_in_turn, play_at_once])
def test_steps_as_told_end_with_status_0(play: Play, console: Console) -> None:
    verdicts = play([Step("one", agrees), Step("two", agrees)], STAGE, console)

    assert [verdict.name for verdict in verdicts] == ["one", "two"]
    assert exit_status(verdicts) == 0


@pytest.mark.parametrize("play", [play_in_turn, play_at_once])
def test_a_wrong_step_fails_the_play_and_the_others_are_still_played(
    play: Play, console: Console
) -> None:
    verdicts = play([Step("wrong", differs), Step("right", agrees)], STAGE, console)

    assert [verdict.is_ok for verdict in verdicts] == [False, True]
    assert exit_status(verdicts) == 1
    assert "✗ HTTP: 500, expected 201" in told(console)


@pytest.mark.parametrize("play", [play_in_turn, play_at_once])
def test_a_step_that_reaches_nobody_is_a_difference_and_ends_only_itself(
    play: Play, console: Console
) -> None:
    verdicts = play([Step("deaf", calls_nobody), Step("right", agrees)], STAGE, console)

    assert [verdict.is_ok for verdict in verdicts] == [False, True]
    assert verdicts[0].checks[0].what == "played to its end"
    assert verdicts[0].checks[0].seen.startswith("ConnectionError: ")


def test_a_later_step_sees_what_an_earlier_one_kept(console: Console) -> None:
    def keeps(scene: Scene) -> list[Check]:
        scene.sales["first"] = Sale("7", {"amount": 1}, {"id": "pay_1"})
        return agrees(scene)

    def returns(scene: Scene) -> list[Check]:
        return [same("id", "pay_1", scene.sales["first"].payment["id"])]

    verdicts = play_in_turn([Step("keeps", keeps), Step("returns", returns)], STAGE, console)

    assert exit_status(verdicts) == 0


def test_the_table_shows_both_sides_of_every_comparison_and_marks_the_wrong_one(
    console: Console,
) -> None:
    wrong = Verdict("A [code] is scanned", (same("HTTP", 201, 500), same("till", "ok", "ok")))

    print_table(console, STORY_WORDS, [wrong])

    lines = told(console).splitlines()
    assert any("A [code] is scanned" in line and "NO" in line for line in lines)
    assert any(
        "HTTP" in line and "201" in line and "500" in line and "NO" in line for line in lines
    )
    assert any("till" in line and "NO" not in line for line in lines)
    assert lines[-1] == "0 of 1 as told."


def test_where_no_person_watches_there_are_no_colour_codes(console: Console) -> None:
    print_table(console, ACCEPTANCE_WORDS, play_in_turn([Step("wrong", differs)], STAGE, console))

    assert "\x1b" not in told(console)


def test_keys_are_not_shown_with_the_stage() -> None:
    assert "secret" not in repr(STAGE)
    assert "tg_test" not in repr(STAGE)
