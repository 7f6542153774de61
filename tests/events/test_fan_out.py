"""An event is owed to the endpoints that want it, by the statement that wrote it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from events.models import Delivery, Event, WebhookEndpoint
from events.outbox import publish, publish_to_itself
from events.types import EventType
from kernel.clock import ManualClock
from tenancy.fragments import run
from tenancy.scope import platform_scope, tenant_scope
from tests.events.test_outbox import fact
from tests.factories.events import make_endpoint
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The endpoints that a worker was told of."""
    told: list[UUID] = []
    monkeypatch.setattr("events.outbox.wake.wake_endpoints", lambda found: told.extend(found))
    return told


def happen(person: Person, event_type: str = EventType.PAYMENT_SUCCEEDED, **how: Any) -> None:
    with tenant_scope(person.acquirer.id):
        event = publish(event_type, payload={"object": "payment"}, source="fact")
        run([fact(person, happened=how.get("happened", True)), event], tail="SELECT 1 FROM fact")


def owed() -> set[UUID]:
    with platform_scope():
        return set(Delivery.objects.values_list("endpoint_id", flat=True))


def test_an_event_is_owed_to_each_endpoint_that_wants_it(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    everything = make_endpoint(acme)
    payments = make_endpoint(acme, event_types=["payment.failed", "payment.succeeded"])
    make_endpoint(acme, event_types=["refund.succeeded"])
    make_endpoint(acme, livemode=True)
    make_endpoint(acme, is_enabled=False)
    make_endpoint(rival)
    make_endpoint(outsider)

    happen(acme)

    assert owed() == {everything.id, payments.id}
    with platform_scope():
        for delivery in Delivery.objects.select_related("event"):
            assert delivery.acquirer_id == acme.acquirer.id
            assert delivery.merchant_id == acme.merchant.id
            assert (delivery.status, delivery.tries, delivery.claim) == ("pending", 0, None)
            assert delivery.due_at == clock.now()
            assert delivery.event.type == "payment.succeeded"
            assert str(delivery.id)[:18] == str(delivery.event.id)[:18]
            assert delivery.id.version == 7


def test_a_change_that_did_not_happen_owes_nothing(acme: Person) -> None:
    make_endpoint(acme)

    happen(acme, happened=False)

    assert owed() == set()


def test_whoever_delivers_is_told_after_the_commit_and_only_if_something_is_owed(
    acme: Person, rival: Person, woken: list[UUID], django_capture_on_commit_callbacks: Any
) -> None:
    endpoint = make_endpoint(acme)

    with django_capture_on_commit_callbacks(execute=True):
        happen(acme)
        assert woken == []
    assert woken == [endpoint.id]

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        happen(rival)
    assert callbacks == []


def test_a_type_that_the_table_does_not_list_is_refused(acme: Person) -> None:
    with pytest.raises(ValueError, match=r"payment\.sneezed"):
        publish("payment.sneezed", payload={}, source="fact")


def test_a_test_goes_to_its_endpoint_alone_whatever_it_asked_for(acme: Person) -> None:
    make_endpoint(acme)
    asked = make_endpoint(acme, event_types=["refund.failed"])
    source = fact(acme, happened=True)
    event = publish_to_itself(EventType.ENDPOINT_TEST, payload={}, source="fact")

    with tenant_scope(acme.acquirer.id):
        run([_as_row_of(source, asked), event], tail="SELECT 1 FROM fact")

    assert owed() == {asked.id}


def test_the_news_of_a_disabling_goes_to_the_others(acme: Person) -> None:
    other = make_endpoint(acme)
    disabled = make_endpoint(acme)
    source = _as_row_of(fact(acme, happened=True), disabled)
    event = publish(EventType.ENDPOINT_DISABLED, payload={}, source="fact")

    with tenant_scope(acme.acquirer.id):
        run([source, event], tail="SELECT 1 FROM fact")

    assert owed() == {other.id}


def test_no_other_merchant_reads_endpoints_events_and_deliveries(
    acme: Person, rival: Person, outsider: Person
) -> None:
    make_endpoint(acme)
    happen(acme)

    for stranger in (rival, outsider):
        with tenant_scope(stranger.acquirer.id, stranger.merchant.id):
            for model in (WebhookEndpoint, Event, Delivery):
                assert not model.objects.exists()
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        assert Delivery.objects.get().created_at - Event.objects.get().created_at == timedelta(0)


def _as_row_of(source: Any, endpoint: WebhookEndpoint) -> Any:
    source.params["fact_id"] = endpoint.id
    return source
