from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.clock import ManualClock, SystemClock, now, using_clock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_system_clock_answers_in_utc_and_agrees_with_the_machine() -> None:
    before = datetime.now(UTC)
    answer = SystemClock().now()
    after = datetime.now(UTC)

    assert before <= answer <= after
    assert answer.utcoffset() == timedelta(0)


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(NOON)

    with using_clock(clock):
        assert (now(), now()) == (NOON, NOON)
        clock.advance(90.5)
        assert now() == NOON + timedelta(seconds=90.5)


def test_a_manual_clock_answers_in_utc_whatever_it_was_set_with() -> None:
    beijing = timezone(timedelta(hours=8))

    clock = ManualClock(datetime(2026, 11, 22, 20, 0, tzinfo=beijing))

    assert clock.now() == NOON
    assert clock.now().utcoffset() == timedelta(0)


def test_clocks_nest_and_the_former_one_returns_even_after_an_error() -> None:
    outer, inner = ManualClock(NOON), ManualClock(NOON + timedelta(days=1))

    with using_clock(outer):
        with pytest.raises(RuntimeError, match="tomorrow"):
            _fail_tomorrow(inner)
        assert now() == NOON

    assert now() != NOON


def _fail_tomorrow(clock: ManualClock) -> None:
    with using_clock(clock):
        assert now() == NOON + timedelta(days=1)
        raise RuntimeError("tomorrow")
