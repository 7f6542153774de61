"""Alipay's acceptance cases, played against real processes: a test per case."""

import pytest

from demo.acceptance import ACCEPTANCE
from tests.flows.conftest import Plays


@pytest.mark.parametrize("place", range(len(ACCEPTANCE)), ids=[step.name for step in ACCEPTANCE])
def test_each_of_alipays_cases_is_passed(plays: Plays, place: int) -> None:
    verdict = plays.acceptance[place]

    assert verdict.name == ACCEPTANCE[place].name
    assert [check for check in verdict.checks if not check.is_ok] == []
    assert verdict.is_ok
