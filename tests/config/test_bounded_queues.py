"""The broker's queues have a limit: what no worker takes does not pile up."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from config import bounded_queues
from config.bounded_queues import BoundedCelery, Room
from config.celery import app
from events.tasks import sweep_due


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        valkey.delete("webhooks", "tillgate")
        yield valkey
        valkey.delete("webhooks", "tillgate")


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> BoundedCelery:
    """The program's own app with a limit of three, looking each time."""
    monkeypatch.setattr(bounded_queues, "QUEUE_LIMIT", 3)
    monkeypatch.setattr(bounded_queues, "_LOOK_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(app, "_room", None)
    return app


def test_a_queue_that_nobody_empties_stops_growing_and_the_other_goes_on(
    broker: redis.Redis, bounded: BoundedCelery
) -> None:
    for _ in range(10):
        bounded.send_task("events.sweep", retry=False)
    bounded.send_task("payments.sweep", retry=False)

    assert broker.llen("webhooks") == 3
    assert broker.llen("tillgate") == 1


def test_a_queue_that_was_emptied_takes_tasks_again(
    broker: redis.Redis, bounded: BoundedCelery
) -> None:
    for _ in range(4):
        bounded.send_task("events.sweep", retry=False)
    assert bounded.send_task("events.sweep", retry=False) is None

    broker.delete("webhooks")

    assert bounded.send_task("events.sweep", retry=False) is not None
    assert broker.llen("webhooks") == 1


def test_a_task_that_beat_sends_by_its_name_is_limited_too(
    broker: redis.Redis, bounded: BoundedCelery
) -> None:
    sent = [sweep_due.apply_async(retry=False) for _ in range(5)]

    assert [each is None for each in sent] == [False, False, False, True, True]
    assert broker.llen("webhooks") == 3


def test_the_broker_is_asked_once_a_second_and_its_silence_stops_nothing() -> None:
    asked: list[float] = []
    times = [0.0]

    def length(queue: str) -> int:
        asked.append(times[0])
        if times[0] >= 2:
            raise redis.ConnectionError
        return 1000

    room = Room(length, now=lambda: times[0])
    found = []
    for times[0] in (0.0, 0.4, 0.9, 1.0, 1.9, 2.0):
        found.append(room.is_left("webhooks"))

    assert found == [False, False, False, False, False, True]
    assert asked == [0.0, 1.0, 2.0]
