"""Processes whose clocks differ agree on the time all the same: the database's."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from pytest_django.fixtures import Settings

from config import env, one_clock
from kernel import clock


@pytest.fixture(autouse=True)
def own_clock() -> Iterator[None]:
    before = clock.SystemClock()
    with clock.using_clock(before):
        yield


def off_by() -> float:
    return (clock.now() - datetime.now(UTC)).total_seconds()


@pytest.mark.django_db
@pytest.mark.parametrize("skew", [-420, 300])
def test_a_clock_that_is_minutes_off_is_put_right_by_the_databases(
    settings: Settings, skew: int
) -> None:
    settings.CLOCK_SKEW_SECONDS = skew
    clock.install(clock.SystemClock(timedelta(seconds=skew)))
    assert off_by() == pytest.approx(skew, abs=1)

    one_clock.measure()

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    assert (clock.now() - theirs).total_seconds() == pytest.approx(0, abs=1)


@pytest.mark.django_db
def test_a_clock_that_is_right_enough_is_left_alone() -> None:
    one_clock.measure()

    assert off_by() == pytest.approx(0, abs=0.01)


def test_a_difference_within_the_doubt_of_a_slow_answer_is_no_difference() -> None:
    local = clock.SystemClock()

    one_clock._correct(local, timedelta(seconds=2), doubt=timedelta(seconds=1.9))
    assert off_by() == pytest.approx(0, abs=0.01)

    one_clock._correct(local, timedelta(seconds=2), doubt=timedelta(seconds=0.1))
    assert off_by() == pytest.approx(2, abs=0.01)


def test_while_the_database_is_away_the_last_correction_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.install(clock.SystemClock(timedelta(seconds=90)))

    def away() -> datetime:
        raise DatabaseError("away")

    monkeypatch.setattr(one_clock, "_ask_database", away)

    assert one_clock.measure() is False

    assert off_by() == pytest.approx(90, abs=0.01)


def test_a_process_that_started_without_the_database_asks_again_until_it_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [False, False, True, False]
    monkeypatch.setattr(one_clock, "measure", lambda: answers.pop(0))
    monkeypatch.setattr(one_clock, "_MEASURE_AGAIN_SECONDS", 0.0)

    one_clock._measure_first(threading.Event())

    assert answers == [False]


def test_the_field_refuses_a_skewed_clock() -> None:
    example = (env.BASE_DIR / "deploy/env.example").read_text()
    told = dict(
        line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#")
    )
    told |= {
        "TILLGATE_CLOCK_SKEW_SECONDS": "5",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
    }

    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "TILLGATE_CLOCK_SKEW_SECONDS is for drills" in done.stderr
