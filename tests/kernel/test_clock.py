from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.clock import ManualClock, SystemClock, after, now, using_clock

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


def test_what_follows_is_stamped_after_its_cause_though_this_clock_is_behind() -> None:
    clock = ManualClock(NOON)
    cause = NOON + timedelta(milliseconds=200)  # stamped by a machine that is ahead

    with using_clock(clock), after(cause):
        assert now() == cause + timedelta(milliseconds=10)
        clock.advance(5)
        assert now() == NOON + timedelta(seconds=5)


def test_of_two_causes_the_later_one_counts_and_outside_the_block_neither() -> None:
    early, late = NOON + timedelta(milliseconds=100), NOON + timedelta(milliseconds=300)

    with using_clock(ManualClock(NOON)):
        with after(late), after(early), after(None):
            assert now() == late + timedelta(milliseconds=10)
        assert now() == NOON


def test_a_cause_far_in_the_future_is_not_waited_for() -> None:
    with using_clock(ManualClock(NOON)), after(NOON + timedelta(seconds=2)):
        assert now() == NOON
