"""Django's own checks say the same at any time of the day."""

from datetime import datetime

import pytest
from django.core import checks
from django.db.models import fields


@pytest.mark.parametrize("time_of_day", ["00:00:05", "09:30:05", "15:00:00"])
def test_a_time_that_is_a_default_is_no_mistake_while_the_clock_shows_it(
    time_of_day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.fromisoformat(f"2026-11-18T{time_of_day}")
    monkeypatch.setattr(fields, "_get_naive_now", lambda: now)

    said = [found.id for found in checks.run_checks() if not found.is_silenced()]

    assert said == []
