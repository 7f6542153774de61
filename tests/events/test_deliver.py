"""A delivery goes out signed, again and again until the endpoint takes it, and never for ever."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events import schedule, wire
from events.models import Delivery, DeliveryTry, Event, WebhookEndpoint
from events.services import deliver
from events.services.claim import Claim, claim_next
from events.services.deliver import deliver_due
from events.services.record import record
from events.services.tell_owner import tell_owners
from kernel.clock import ManualClock
from tenancy.scope import platform_scope, tenant_scope
from tests.events.listener import Heard, Listener, say
from tests.factories.events import SECRET, happen, make_endpoint
from tests.people import Person

pytestmark = pytest.mark.django_db
OLD_SECRET = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZCE="
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _steady(clock: ManualClock) -> Iterator[None]:
    """Jitter is in the middle: every delay is the table's."""
    with schedule.using_draws(lambda: 0.5):
        yield


def only_delivery() -> Delivery:
    with platform_scope():
        return Delivery.objects.select_related("event", "endpoint").get()


def tries() -> list[DeliveryTry]:
    with platform_scope():
        return list(DeliveryTry.objects.order_by("id"))


def reread(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    with platform_scope():
        return WebhookEndpoint.objects.get(id=endpoint.id)


def is_signed_with(secret: str, heard: Heard, clock: ManualClock) -> bool:
    with time_machine.travel(clock.now(), tick=False):
        try:
            Webhook(secret).verify(heard.body, heard.headers)
        except WebhookVerificationError:
            return False
    return True


def test_an_event_arrives_signed_and_is_done(
    acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    happen(acme, id="pay_1", note="茶")
    clock.advance(3)

    assert deliver_due(endpoint.id) == 1

    delivery = only_delivery()
    [heard] = listener.heard
    assert heard.headers["webhook-id"] == delivery.event.public_id
    assert heard.headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    assert heard.headers["content-type"] == "application/json"
    assert is_signed_with(SECRET, heard, clock)
    assert not is_signed_with(OLD_SECRET, heard, clock)
    assert json.loads(heard.body) == {
        "type": "payment.succeeded",
        "timestamp": "2026-11-22T06:30:05.000Z",
        "data": {"object": "payment", "id": "pay_1", "note": "茶"},
    }
    assert (delivery.status, delivery.due_at, delivery.claim) == ("succeeded", None, None)
    [one] = tries()
    assert (one.http_status, one.error, one.answer) == (200, "", "thanks")
    assert (one.created_at, one.url) == (clock.now(), listener.url)
    assert deliver_due(endpoint.id) == 0
    assert len(listener.heard) == 1


def test_both_secrets_sign_during_the_overlap_and_one_afterwards(
    acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(
        acme,
        url=listener.url,
        previous_secret=OLD_SECRET,
        previous_secret_ends_at=clock.now() + schedule.SECRET_OVERLAP,
    )
    happen(acme)
    deliver_due(endpoint.id)
    assert is_signed_with(SECRET, listener.heard[0], clock)
    assert is_signed_with(OLD_SECRET, listener.heard[0], clock)

    clock.advance(DAY)
    happen(acme)
    deliver_due(endpoint.id)

    assert is_signed_with(SECRET, listener.heard[1], clock)
    assert not is_signed_with(OLD_SECRET, listener.heard[1], clock)


def test_the_schedule_is_the_table_and_every_try_carries_the_same_id(
    acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    listener.reply = say("500 Error", b"sorry")
    happen(acme)
    waited: list[float] = []

    for _ in range(12):
        deliver_due(endpoint.id)
        due_at = only_delivery().due_at
        assert due_at is not None
        waited.append((due_at - clock.now()).total_seconds())
        clock.advance(waited[-1] - 0.001)
        assert deliver_due(endpoint.id) == 0  # not a millisecond early
        clock.advance(0.001)
    deliver_due(endpoint.id)

    hours = [0.5, 1, 2, 4, 8, 12, 20, 24]
    assert waited == [5, 30, 120, 600, *(hour * 3600 for hour in hours)]
    assert 3 * DAY - 1800 < sum(waited) < 3 * DAY
    delivery = only_delivery()
    assert (delivery.status, delivery.due_at, delivery.tries) == ("failed", None, 13)
    assert len({heard.headers["webhook-id"] for heard in listener.heard}) == 1
    assert len({heard.body for heard in listener.heard}) == 1
    assert [(one.http_status, one.answer) for one in tries()] == [(500, "sorry")] * 13


@pytest.mark.parametrize(("draw", "seconds"), [(0.0, 4.5), (0.5, 5.0), (1.0, 5.5)])
def test_jitter_is_a_tenth_to_both_sides(draw: float, seconds: float, clock: ManualClock) -> None:
    with schedule.using_draws(lambda: draw):
        due_at = schedule.next_try(clock.now(), tries=1)

    assert due_at is not None
    assert (due_at - clock.now()).total_seconds() == seconds


def test_whoever_is_killed_before_the_answer_is_replaced_when_the_lease_ends(
    acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    happen(acme)
    with tenant_scope(acme.acquirer.id):
        killed = claim_next(endpoint)
        assert killed is not None
        deliver.send(killed)  # heard, and then nothing was written

    assert deliver_due(endpoint.id) == 0
    clock.advance(schedule.LEASE_SECONDS - 0.001)
    assert deliver_due(endpoint.id) == 0
    clock.advance(0.001)
    assert deliver_due(endpoint.id) == 1

    assert len(listener.heard) == 2
    assert len({heard.headers["webhook-id"] for heard in listener.heard}) == 1
    assert only_delivery().status == "succeeded"
    assert len(tries()) == 1


def lose_claim(endpoint: WebhookEndpoint, clock: ManualClock) -> tuple[Claim, Claim]:
    first = claim_next(endpoint)
    clock.advance(schedule.LEASE_SECONDS)
    second = claim_next(endpoint)
    assert first is not None
    assert second is not None
    return first, second


def test_a_late_failure_does_not_disturb_who_has_taken_over(
    acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme)
    happen(acme)
    with tenant_scope(acme.acquirer.id):
        late, current = lose_claim(endpoint, clock)
        record(late, wire.Answer(500, 20_000), started=clock.now())

        assert only_delivery().claim == current.id
        assert len(tries()) == 1


def test_a_late_success_counts(acme: Person, clock: ManualClock) -> None:
    endpoint = make_endpoint(acme)
    happen(acme)
    with tenant_scope(acme.acquirer.id):
        late, current = lose_claim(endpoint, clock)
        record(late, wire.Answer(200, 20_000), started=clock.now())
        assert only_delivery().status == "succeeded"

        record(current, wire.Answer(500, 1), started=clock.now())
        assert only_delivery().status == "succeeded"
        assert only_delivery().due_at is None


def claims(endpoint: WebhookEndpoint) -> int:
    with tenant_scope(endpoint.acquirer_id):
        return sum(claim_next(endpoint) is not None for _ in range(6))


def test_no_endpoint_has_more_tries_in_flight_than_its_limit(
    acme: Person, clock: ManualClock
) -> None:
    healthy = make_endpoint(acme)
    impaired = make_endpoint(acme, is_impaired=True)
    for _ in range(8):
        happen(acme)

    assert claims(healthy) == schedule.IN_FLIGHT_LIMIT
    assert claims(impaired) == schedule.IN_FLIGHT_LIMIT_IMPAIRED

    clock.advance(schedule.LEASE_SECONDS)  # whoever held them is dead
    assert claims(healthy) == schedule.IN_FLIGHT_LIMIT


def test_a_failure_or_a_slow_answer_marks_the_endpoint_and_a_quick_success_clears_it(
    acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme)
    started = clock.now()
    seen: list[tuple[bool, bool]] = []
    for status, duration_ms in [(500, 1), (200, 5001), (500, 1), (200, 5000)]:
        happen(acme)
        clock.advance(1)
        with tenant_scope(acme.acquirer.id):
            claim = claim_next(endpoint)
            assert claim is not None
            record(claim, wire.Answer(status, duration_ms), started=started)
            clock.advance(schedule.LEASE_SECONDS)
        found = reread(endpoint)
        seen.append((found.is_impaired, found.failing_since == started))
    assert seen == [(True, True), (True, False), (True, True), (False, False)]


def test_impaired_endpoints_leave_places_to_the_others(
    acme: Person, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    impaired = make_endpoint(acme, url=listener.url, is_impaired=True)
    healthy = make_endpoint(acme, url=listener.url)
    happen(acme)
    places = deliver._impaired_places
    while places.acquire(blocking=False):
        pass
    try:
        assert deliver_due(impaired.id) == 0
        assert deliver_due(healthy.id) == 1
    finally:
        for _ in range(100):
            places.release()
    assert deliver_due(impaired.id) == 1


def test_after_a_turn_the_others_come_first(
    acme: Person, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[Any] = []
    endpoint = make_endpoint(acme, url=listener.url)
    for _ in range(schedule.TURN_LIMIT + 1):
        happen(acme)
    monkeypatch.setattr("events.services.wake.wake_endpoints", woken.extend)

    assert deliver_due(endpoint.id) == schedule.TURN_LIMIT
    assert woken == [endpoint.id]
    assert deliver_due(endpoint.id) == 1


def test_410_disables_at_once_drops_what_is_owed_and_tells_the_owner(
    acme: Person, listener: Listener, clock: ManualClock, mailoutbox: list[Any]
) -> None:
    endpoint = make_endpoint(acme, url=listener.url, contact_email="dev@shop.example")
    other = make_endpoint(acme, event_types=["webhook_endpoint.disabled"])
    listener.reply = say("410 Gone")
    happen(acme)
    happen(acme)

    assert deliver_due(endpoint.id) == 1

    assert len(listener.heard) == 1
    found = reread(endpoint)
    assert (found.is_enabled, found.disabled_reason) == (False, "gone")
    assert found.disabled_at == clock.now()
    with platform_scope():
        dropped = Delivery.objects.filter(endpoint=endpoint).exclude(status="pending")
        assert {(each.status, each.due_at) for each in dropped} == {("unsent", None)}
        assert dropped.count() == 2
        told = Event.objects.get(type="webhook_endpoint.disabled")
        assert told.object_id == endpoint.id
        assert told.payload["disabled_reason"] == "gone"
        assert told.payload["status"] == "disabled"
        assert "whsec_" not in json.dumps(told.payload)
        assert [each.endpoint_id for each in told.deliveries.all()] == [other.id]

    assert tell_owners() == 1
    assert tell_owners() == 0
    [mail] = mailoutbox
    assert mail.to == ["dev@shop.example"]
    assert listener.url in mail.body
    assert "it answered 410 Gone" in mail.body


def test_a_mail_that_could_not_leave_is_sent_later(
    acme: Person, clock: ManualClock, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_endpoint(
        acme,
        contact_email="dev@shop.example",
        is_enabled=False,
        disabled_reason="failing",
        disabled_at=clock.now(),
        mail_due_at=clock.now(),
    )

    def refuse(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr("tenancy.owed_mail.send_mail", refuse)
        assert tell_owners() == 0
    assert tell_owners() == 0
    clock.advance(schedule.MAIL_LEASE_SECONDS)
    assert tell_owners() == 1
    assert len(mailoutbox) == 1


def test_an_endpoint_that_failed_for_five_days_is_disabled(
    acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    listener.reply = say("503 Busy")
    happen(acme)
    deliver_due(endpoint.id)
    assert reread(endpoint).failing_since == clock.now()

    clock.advance(5 * DAY - 1)
    deliver_due(endpoint.id)
    assert reread(endpoint).is_enabled
    clock.advance(DAY)
    deliver_due(endpoint.id)

    found = reread(endpoint)
    assert (found.is_enabled, found.disabled_reason) == (False, "failing")


def test_one_success_starts_the_five_days_anew(
    acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    listener.replies = [say("503 Busy"), say("200 OK"), say("503 Busy"), say("503 Busy")]
    for days in (0, 4, 4, 4):
        clock.advance(days * DAY)
        happen(acme)
        deliver_due(endpoint.id)

    assert reread(endpoint).is_enabled


def test_no_connection_to_the_database_is_held_while_an_endpoint_thinks(
    acme: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    endpoint = make_endpoint(acme)
    happen(acme)

    def answer(*_: Any, **__: Any) -> wire.Answer:
        steps.append("post")
        return wire.Answer(200, 1)

    monkeypatch.setattr(deliver, "release_connection", lambda: steps.append("release"))
    monkeypatch.setattr(wire, "post", answer)

    deliver_due(endpoint.id)

    assert steps == ["release", "post"]
