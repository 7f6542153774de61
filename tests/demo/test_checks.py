"""Comparisons: equal means equal in type too, limits count as inside, gaps need two events."""

import pytest

from demo.checks import between, broken, same, spaced


def test_equal_values_agree() -> None:
    check = same("HTTP", 201, 201)

    assert (check.what, check.expected, check.seen, check.is_ok) == ("HTTP", "201", "201", True)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [(201, 202), (201, "201"), (1, True), (0, None), ("succeeded", "failed")],
)
def test_other_values_and_other_types_differ(expected: object, seen: object) -> None:
    assert not same("x", expected, seen).is_ok


def test_truth_is_shown_as_yes_and_no() -> None:
    check = same("queried", True, False)

    assert (check.expected, check.seen, check.is_ok) == ("yes", "no", False)


@pytest.mark.parametrize(
    ("seen", "is_ok"), [(1.99, False), (2.0, True), (5.0, True), (5.01, False)]
)
def test_limits_count_as_inside(seen: float, is_ok: bool) -> None:
    assert between("late", 2.0, 5.0, seen, unit=" s").is_ok is is_ok


@pytest.mark.parametrize(
    ("seconds", "shown", "is_ok"),
    [
        ([10.0, 13.0, 16.5], "3.0, 3.5 s", True),
        ([10.0, 13.0, 14.0], "3.0, 1.0 s", True),
        ([10.0, 12.8, 15.8], "2.8, 3.0 s", False),
        ([10.0, 13.0, 19.5], "3.0, 6.5 s", False),
        ([10.0], "none s", False),
        ([], "none s", False),
    ],
)
def test_gaps_lie_between_the_limits_but_the_last_may_be_shorter_and_there_must_be_one(
    seconds: list[float], shown: str, is_ok: bool
) -> None:
    check = spaced("queries", 2.9, 6.0, seconds)

    assert (check.seen, check.is_ok) == (shown, is_ok)


def test_a_step_that_broke_off_differs_and_says_why() -> None:
    check = broken(KeyError("payer"))

    assert (check.expected, check.seen, check.is_ok) == ("yes", "KeyError: 'payer'", False)
