"""``python -m config.demonstration``: its exit status is the play's; it tells what stopped it."""

from typing import Any, Self

import pytest

from config.demonstration import __main__ as command
from config.demonstration.guide import first_payment, guide
from config.demonstration.stage import SignIn, StageError
from config.supervisor import SupervisorError
from demo.checks import same
from demo.play import Step
from demo.verdict import Verdict
from tests.demo.test_play import STAGE, agrees, differs

SIGN_IN = SignIn(
    "owner@demo.example", "a password", SignIn("finance@demo.example", "another password")
)
CLOSED = Verdict("closed", (same("books", 0, 0),))


class SystemThatRuns:
    """Stands for the supervisor: it is up, and somebody wishes to stop as soon as it serves."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self) -> None:
        raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "Supervisor", SystemThatRuns)
    monkeypatch.setattr(command, "prepare_stages", lambda system, count: [(STAGE, SIGN_IN)])
    monkeypatch.setattr(command, "play_closing", lambda *_, number: [CLOSED])


def test_a_closing_chapter_that_differs_fails_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Verdict("closed", (same("books", 0, 1),))
    monkeypatch.setattr(command, "STORY", (Step("one", agrees),))
    monkeypatch.setattr(command, "play_closing", lambda *_, number: [wrong])

    assert command.main(["--once"]) == 1


@pytest.mark.parametrize("arguments", [["--once"], []])
@pytest.mark.parametrize(("act", "status"), [(agrees, 0), (differs, 1)])
def test_the_storys_end_is_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], act: Any, status: int
) -> None:
    monkeypatch.setattr(command, "STORY", (Step("one", agrees), Step("two", act)))

    assert command.main(arguments) == status


@pytest.mark.parametrize(("act", "status"), [(agrees, 0), (differs, 1)])
def test_one_case_that_is_not_passed_fails_the_acceptance(
    monkeypatch: pytest.MonkeyPatch, act: Any, status: int
) -> None:
    monkeypatch.setattr(command, "ACCEPTANCE", (Step("001", agrees), Step("002", act)))

    assert command.main(["--acceptance"]) == status


@pytest.mark.parametrize("failure", [StageError("no acquirer"), SupervisorError("web died")])
def test_what_could_not_be_brought_up_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    def refuse(system: object, count: int) -> None:
        raise failure

    monkeypatch.setattr(command, "prepare_stages", refuse)

    assert command.main(["--once"]) == 1
    assert capsys.readouterr().err == f"{failure}\n"


def test_ctrl_c_before_the_end_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(system: object, count: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "prepare_stages", interrupt)

    assert command.main(["--once"]) == 130


def test_the_guide_has_the_sign_ins_and_a_payment_to_paste() -> None:
    text = guide(STAGE, SIGN_IN)

    for wanted in ("/admin/", "/docs", "/wallet", "owner@demo.example", "a password"):
        assert wanted in text
    assert "second person      finance@demo.example   another password\n" in text
    assert first_payment(STAGE) in text
