"""Waiting: woken by an announcement on the real broker, or by a look into the table."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
import redis

from kernel import ids
from payments.models import Payment
from payments.services import wait, wake
from tests.fakes import PAID, SILENCE, FakeScheme

Pay = Callable[..., Payment]


def test_whoever_waits_in_this_process_is_woken() -> None:
    row_id = ids.new_uuid()

    with wait.waiting_for(row_id) as ended, wait.waiting_for(row_id) as ended_too:
        wait.note_answer(row_id)

        assert ended.is_set()
        assert ended_too.is_set()
    assert row_id not in wait._waiting


def test_somebody_elses_end_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with wait.waiting_for(ids.new_uuid()) as ended:
        wait.note_answer(ids.new_uuid())

        assert not ended.is_set()


@pytest.mark.django_db
def test_an_end_announced_by_another_process_is_heard() -> None:
    """Over the real broker: what is published reaches a subscriber as the row's id."""
    heard: list[UUID] = []
    arrived, ready = threading.Event(), threading.Event()

    def listen() -> None:
        with wake.get_broker().pubsub(ignore_subscribe_messages=False) as channel:
            channel.subscribe(wake.CHANNEL)
            while not arrived.is_set():
                message = channel.get_message(timeout=5)
                if message is None:
                    return
                if message["type"] == "subscribe":
                    ready.set()
                else:
                    heard.append(UUID(bytes=message["data"]))
                    arrived.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(10)
    row_id = ids.new_uuid()

    wake.announce_end(row_id)

    assert arrived.wait(10)
    listener.join()
    assert heard == [row_id]


@pytest.mark.django_db
def test_an_end_that_nobody_announced_is_found_in_the_table(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID, SILENCE)
    paid = pay(merchant_reference="R1")
    doubtful = pay(merchant_reference="R2")

    assert wait._find_answered([paid.id, doubtful.id, ids.new_uuid()]) == [paid.id]


@pytest.mark.django_db
def test_a_broker_that_is_away_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:9/0", socket_connect_timeout=1)
    monkeypatch.setattr(wake, "get_broker", lambda: gone)

    wake.announce_end(ids.new_uuid())

    gone.close()
