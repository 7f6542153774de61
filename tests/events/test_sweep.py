"""Whatever was lost, due deliveries are found again, one endpoint's as well as another's."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from events import schedule
from events.models import Delivery
from events.services import claim, sweep
from events.services.claim import ALONG_THE_INDEX
from kernel import clock, ids
from kernel.clock import ManualClock
from tenancy.scope import platform_scope
from tests.events.listener import listening
from tests.factories.events import happen, make_endpoint
from tests.people import Person, make_person


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The endpoints that a worker was told of."""
    told: list[UUID] = []
    monkeypatch.setattr("events.services.wake.wake_endpoints", told.extend)
    return told


@pytest.mark.django_db
def test_the_sweep_wakes_every_endpoint_with_overdue_work_once(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock, woken: list[UUID]
) -> None:
    busy, other = make_endpoint(acme), make_endpoint(outsider)
    make_endpoint(rival)
    for _ in range(20):
        happen(acme)
    happen(outsider)

    assert sweep.sweep() == 0  # who was woken by the event has half a second
    clock.advance(schedule.SWEEP_GRACE_SECONDS)
    assert sweep.sweep() == 2
    assert set(woken) == {busy.id, other.id}


_BACKLOG = """
WITH happened AS (
    INSERT INTO events_event
           (id, acquirer_id, merchant_id, livemode, type, object_id, payload, created_at)
    SELECT gen_random_uuid(), acquirer_id, merchant_id, false, 'payment.failed', id, '{}', now()
      FROM events_webhookendpoint, generate_series(1, 3000) WHERE id = %(endpoint)s
    RETURNING *)
INSERT INTO events_delivery (id, acquirer_id, merchant_id, event_id, endpoint_id, status, due_at,
                             tries, created_at)
SELECT gen_random_uuid(), acquirer_id, merchant_id, id, %(endpoint)s, 'pending', now(), 0, now()
  FROM happened
"""


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows of deliveries a plan has looked at."""
    here = plan.get("Relation Name") == "events_delivery"
    read = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return (read if here else 0) + sum(rows_read(each) for each in plan.get("Plans", []))


def plan_of(sql: str, params: Any, *, acme: Person) -> dict[str, Any]:
    """What running ``sql`` looked at, with three endpoints that are three thousand behind."""
    endpoints = [make_endpoint(acme) for _ in range(3)]
    with platform_scope(), connection.cursor() as cursor:
        for endpoint in endpoints:
            cursor.execute(_BACKLOG, {"endpoint": endpoint.id})
        cursor.execute("RESET ROLE")  # the tables' owner alone may look after statistics
        cursor.execute("ANALYZE events_delivery")
        cursor.execute(f"SET ROLE {settings.DATABASE_ROLE}")
        cursor.execute(f"SELECT {ALONG_THE_INDEX}")
        if isinstance(params, dict):
            params["endpoint"] = endpoints[0].id
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)
        [[plan]] = cursor.fetchone()
    found: dict[str, Any] = plan["Plan"]
    return found


@pytest.mark.django_db
def test_a_backlog_costs_the_sweep_no_more_than_one_delivery(acme: Person) -> None:
    plan = plan_of(sweep._DUE, [clock.now(), 500], acme=acme)

    assert plan["Actual Rows"] == 3
    assert rows_read(plan) < 20


@pytest.mark.django_db
def test_a_backlog_costs_a_claim_no_more_than_one_delivery(acme: Person) -> None:
    now = clock.now()
    until = schedule.lease_ends(now)
    params = {"claim": ids.new_uuid(), "until": until, "now": now, "limit": 4}

    plan = plan_of(claim._CLAIM, params, acme=acme)

    assert plan["Actual Rows"] == 1
    assert rows_read(plan) < 20


@pytest.fixture
def committed(transactional_db: None, loopback: None) -> tuple[Person, Person]:
    """Two merchants of two acquirers, on real transactions."""
    return make_person(), make_person()


def test_a_standby_delivers_what_nobody_took_without_beat_and_broker(
    committed: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging endpoint of one merchant keeps no other's waiting."""
    slow, quick = committed
    monkeypatch.setattr(schedule, "NEGLECTED_SECONDS", 0)
    arrived = threading.Event()
    with listening() as hangs, listening() as answers, ThreadPoolExecutor(4) as executor:
        hangs.reply = hangs.hang
        answers.reply = lambda sock: (sock.sendall(b"HTTP/1.1 204 No\r\n\r\n"), arrived.set())[0]
        make_endpoint(slow, url=hangs.url)
        made = make_endpoint(quick, url=answers.url)
        for _ in range(6):
            happen(slow)
        happen(quick)

        assert sweep.deliver_neglected(executor) == 2
        assert arrived.wait(10)
        assert len(hangs.heard) <= 1
        hangs.over.set()
    with platform_scope():
        assert Delivery.objects.get(endpoint=made).status == "succeeded"
