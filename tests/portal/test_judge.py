"""The judgement: limits, small numbers, and what silence is."""

import pytest

from portal.health import rules
from portal.health.judge import Verdict, chance_of_so_few, judge, judge_silence
from portal.state import Kind
from tests.test_architecture import ROOT

LIMITS = {"minimum": 20, "opens_at": 0.3, "closes_at": 0.1}


@pytest.mark.parametrize(
    ("value", "sample", "verdict"),
    [
        (0.3, 20, Verdict.TROUBLE),
        (0.299, 20, Verdict.STAYS),
        (0.1, 20, Verdict.STAYS),
        (0.099, 20, Verdict.CALM),
        (1.0, 19, Verdict.UNKNOWN),  # all of too few
        (0.0, 0, Verdict.UNKNOWN),
    ],
)
def test_a_share_is_judged_by_its_limits(value: float, sample: int, verdict: Verdict) -> None:
    assert judge(value, sample, **LIMITS) is verdict


@pytest.mark.parametrize(
    ("observed", "earlier", "verdict"),
    [
        (0, [10, 12, 11, 15], Verdict.TROUBLE),
        (0, [9, 12, 11, 15], Verdict.STAYS),  # nine: none at all comes once in 8,000 such times
        (0, [3, 2, 4, 3], Verdict.STAYS),  # a quiet shop
        (0, [40, 0, 0, 0], Verdict.UNKNOWN),  # one week is no habit
        (0, [40, 0, 0, 35], Verdict.TROUBLE),  # holidays in between
        (0, [0, 0, 0, 0], Verdict.UNKNOWN),
        (0, [], Verdict.UNKNOWN),
        (4, [40, 45, 50, 60], Verdict.TROUBLE),  # a tenth of the weakest week
        (5, [40, 45, 50, 60], Verdict.STAYS),
        (12, [40, 45, 50, 60], Verdict.CALM),  # three tenths
        (0, [200, 3, 180, 190], Verdict.STAYS),  # one week was like this before
    ],
)
def test_silence_is_judged_by_the_weakest_of_the_earlier_weeks(
    observed: int, earlier: list[int], verdict: Verdict
) -> None:
    assert judge_silence(observed, earlier) is verdict


def test_the_chance_is_poissons() -> None:
    assert chance_of_so_few(0, 10) == pytest.approx(4.54e-5, rel=1e-3)
    assert chance_of_so_few(2, 3) == pytest.approx(0.42319, rel=1e-4)
    assert chance_of_so_few(50, 1) == 1.0


def test_the_page_about_the_rules_says_what_the_table_says() -> None:
    page = (ROOT / "docs/concepts/live-health.md").read_text(encoding="utf-8")
    told = [
        [cell.strip().strip("`") for cell in line.split("|")[1:7]]
        for line in page.splitlines()
        if line.startswith("| `")
    ]

    for rule in rules.RULES:
        minutes = f"{rule.window.total_seconds() / 60:.0f} min"
        limits = [_limit(rule.opens_at), _limit(rule.closes_at)]
        (found,) = [row for row in told if row[0] == rule.kind and rule.level in row[1].split(", ")]
        assert found[2:] == [minutes, str(rule.minimum), *limits]
    assert {row[0] for row in told} == set(Kind)


def _limit(value: float) -> str:
    return f"{value / 1000:.0f} s" if value > 1 else f"{value * 100:.0f} %"
