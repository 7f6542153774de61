"""Waiting: woken by an announcement on the real broker, or by a look into the table."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import redis
from django.db import connection, connections

from kernel import clock, ids
from payments.models import Payment
from payments.services import wait, wake
from payments.services.drive import drive_payment
from tenancy.postgres import release_connection
from tenancy.scope import tenant_scope
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
    """Over the real broker: what is published reaches a subscriber as the row's id.

    A channel belongs to no index of the broker: other processes of the test run are heard too.
    """
    row_id = ids.new_uuid()
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
                elif UUID(bytes=message["data"]) == row_id:
                    arrived.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(10)

    wake.announce_end(row_id)

    assert arrived.wait(10)
    listener.join()


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


@pytest.fixture
def pool_of_four(transactional_db: None) -> Iterator[Any]:
    """All threads take turns with four connections, as a serving process's threads with 16."""
    options = connections.settings["default"]["OPTIONS"]
    before = dict(options)
    connection.close()  # it is not of the pool, and could not be given back to it
    options["pool"] = {"min_size": 1, "max_size": 4, "timeout": 20}
    wrapper = connections.create_connection("default")
    yield wrapper.pool
    connection.close()
    wrapper.close_pool()
    options.clear()
    options.update(before)


def test_two_hundred_tills_wait_without_a_connection_and_all_are_answered(
    pool_of_four: Any, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", PAID)
    payment = pay()
    release_connection()  # the test itself must not hold one of the four
    statuses: list[str] = []

    def ask() -> None:
        with tenant_scope(payment.acquirer_id):
            statuses.append(wait.await_end(payment, 60, look_first=True).status)
        release_connection()

    tills = [threading.Thread(target=ask) for _ in range(200)]
    for each in tills:
        each.start()
    _until(lambda: len(wait._waiting.get(payment.id, ())) == 200)
    _until(lambda: _is_idle(pool_of_four))
    assert statuses == []

    with tenant_scope(payment.acquirer_id):
        Payment.objects.filter(id=payment.id).update(due_at=clock.now())
        drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    wait.note_answer(payment.id)
    for each in tills:
        each.join(60)

    assert statuses == ["succeeded"] * 200


def _is_idle(pool: Any) -> bool:
    """Nobody has a connection, and nobody is waiting for one."""
    stats = pool.get_stats()
    return bool(stats["pool_available"] == stats["pool_size"] and not stats["requests_waiting"])


def _until(is_so: Callable[[], bool]) -> None:
    """Returns when it is so; fails after a minute: nothing is measured here."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
