"""What was told long ago is forgotten, by the one way that the database allows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from events.models import Delivery, DeliveryTry, Event, WebhookEndpoint
from events.services import forget
from events.services.claim import claim_next
from events.services.record import record
from events.services.replay import replay_event
from events.wire import Answer
from kernel import clock
from kernel.clock import ManualClock, using_clock
from tenancy import retention
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.events import happen, make_endpoint
from tests.people import Person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1).total_seconds()


@pytest.fixture(autouse=True)
def long_ago() -> Iterator[ManualClock]:
    """The database's own clock is far ahead: what a test calls young is old for it."""
    with using_clock(past := ManualClock(datetime(2020, 1, 1, tzinfo=UTC))):
        yield past


def tell(person: Person) -> None:
    """An event of the person's, delivered at the first try."""
    endpoint = make_endpoint(person)
    happen(person)
    deliver(person, endpoint)


def deliver(person: Person, endpoint: WebhookEndpoint) -> None:
    with tenant_scope(person.acquirer.id, person.merchant.id):
        claim = claim_next(endpoint)
        assert claim is not None
        record(claim, Answer(http_status=200, duration_ms=1), started=clock.now())


def counts() -> tuple[int, int, int]:
    """Events, deliveries and tries of everybody."""
    with platform_scope():
        return Event.objects.count(), Delivery.objects.count(), DeliveryTry.objects.count()


def test_deliveries_go_after_90_days_and_events_after_400(
    acme: Person, outsider: Person, long_ago: ManualClock
) -> None:
    tell(acme)
    tell(outsider)
    long_ago.advance(90 * DAY)
    assert forget.forget_old() == 0
    assert counts() == (2, 2, 2)

    long_ago.advance(1)
    assert forget.forget_old() == 2
    assert counts() == (2, 0, 0)

    long_ago.advance(310 * DAY)
    happen(acme)
    assert forget.forget_old() == 2
    assert counts() == (1, 1, 0)


def test_what_is_still_owed_is_kept_with_its_event(acme: Person, long_ago: ManualClock) -> None:
    make_endpoint(acme)
    happen(acme)
    long_ago.advance(500 * DAY)

    assert forget.forget_old() == 0

    assert counts() == (1, 1, 0)


def test_what_was_sent_again_lately_is_kept_with_its_event(
    acme: Person, long_ago: ManualClock
) -> None:
    endpoint = make_endpoint(acme)
    happen(acme)
    deliver(acme, endpoint)
    long_ago.advance(500 * DAY)
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        replay_event(endpoint, Event.objects.get().id)
    deliver(acme, endpoint)

    assert forget.forget_old() == 0

    assert counts() == (1, 1, 2)


def test_it_goes_batch_by_batch_and_on_where_it_was_cut_off(
    acme: Person, long_ago: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    monkeypatch.setattr(retention, "BATCHES_LIMIT", 1)
    for _ in range(3):
        happen(acme)
    long_ago.advance(401 * DAY)

    assert [forget.forget_old() for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("function", ["events_forget", "events_forget_deliveries"])
@pytest.mark.parametrize(
    ("whose", "days", "refusal"),
    [("all", 29, "kept for 30 days"), ("acme", 60, "only the platform")],
)
def test_the_database_refuses_young_rows_and_a_tenants_hand(
    acme: Person, function: str, whose: str, days: int, refusal: str
) -> None:
    tell(acme)
    scope = platform_scope() if whose == "all" else tenant_scope(acme.acquirer.id)

    with (
        scope,
        pytest.raises(DatabaseError, match=refusal),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT {function}(now() - %s * interval '1 day', 100)", [days])

    assert counts() == (1, 1, 1)


@pytest.mark.parametrize(
    "table", ["events_event", "events_deliverytry", "ledger_entry", "tenancy_auditentry"]
)
def test_no_other_way_deletes_what_is_appended_to(acme: Person, table: str) -> None:
    tell(acme)

    with (
        platform_scope(),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608
