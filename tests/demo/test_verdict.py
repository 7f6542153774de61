"""The exit status is 0 only if steps were played and every comparison of each agreed."""

import pytest

from demo.checks import same
from demo.verdict import Verdict, exit_status

RIGHT = Verdict("right", (same("HTTP", 201, 201),))
WRONG = Verdict("wrong", (same("HTTP", 201, 201), same("payment", "succeeded", "failed")))
EMPTY = Verdict("compared nothing", ())


@pytest.mark.parametrize(("verdict", "is_ok"), [(RIGHT, True), (WRONG, False), (EMPTY, False)])
def test_a_step_is_right_if_all_of_at_least_one_comparison_agrees(
    verdict: Verdict, is_ok: bool
) -> None:
    assert verdict.is_ok is is_ok


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [([RIGHT, RIGHT], 0), ([RIGHT, WRONG], 1), ([WRONG, RIGHT], 1), ([RIGHT, EMPTY], 1), ([], 1)],
)
def test_one_wrong_step_or_no_step_at_all_is_a_failure(
    verdicts: list[Verdict], status: int
) -> None:
    assert exit_status(verdicts) == status
