"""/v1/webhook_endpoints and /v1/events: what a merchant's developer does with them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from events.addresses import using_resolver
from events.models import Delivery, Event, WebhookEndpoint
from events.services import replay
from events.services.deliver import deliver_due
from events.services.endpoints import ENDPOINTS_LIMIT
from kernel import ids
from kernel.clock import ManualClock
from merchants.state import Scope
from tenancy.scope import platform_scope
from tests.events.conftest import listener, loopback
from tests.events.listener import Listener, say
from tests.factories.events import SECRET, happen, make_endpoint
from tests.factories.merchants import ApiKeyFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
__all__ = ["listener", "loopback"]

URL = "https://shop.example/hooks"
ENDPOINTS = "/v1/webhook_endpoints"


@pytest.fixture(autouse=True)
def _public_name() -> Iterator[None]:
    """shop.example leads to a public place, 10.… to itself."""
    with using_resolver(lambda host, port: [host if host[0].isdigit() else "8.8.8.8"]):
        yield


def stored() -> WebhookEndpoint:
    with platform_scope():
        return WebhookEndpoint.objects.get()


def test_an_endpoint_is_made_and_its_secret_shown_this_once(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    sent = {
        "url": URL,
        "description": "ERP",
        "event_types": ["refund.succeeded", "payment.succeeded"],
        "contact_email": "dev@shop.example",
    }

    answer = api.post(ENDPOINTS, sent, format="json")

    assert answer.status_code == 201
    made = answer.json()
    endpoint = stored()
    assert made == {
        "object": "webhook_endpoint",
        "id": endpoint.public_id,
        "livemode": False,
        "url": URL,
        "description": "ERP",
        "event_types": ["payment.succeeded", "refund.succeeded"],
        "contact_email": "dev@shop.example",
        "status": "enabled",
        "disabled_reason": None,
        "disabled_at": None,
        "failing_since": None,
        "previous_secret_ends_at": None,
        "created_at": "2026-11-22T06:30:05.000Z",
        "secret": endpoint.secret,
    }
    assert made["secret"].startswith("whsec_")
    assert len(made["secret"]) == len("whsec_") + 44
    assert (endpoint.acquirer_id, endpoint.merchant_id) == (acme.acquirer.id, acme.merchant.id)
    del made["secret"]
    assert api.get(f"{ENDPOINTS}/{endpoint.public_id}").json() == made
    assert api.get(ENDPOINTS).json()["data"] == [made]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"url": "https://10.0.0.1/"}, "url", "invalid"),
        ({"url": "https://user:secret@shop.example/"}, "url", "invalid"),
        ({"url": "ftp://shop.example/"}, "url", "invalid"),
        ({"url": "https://shop.example:25/"}, "url", "invalid"),
        ({"url": ""}, "url", "too_short"),
        ({"url": 7}, "url", "not_a_string"),
        ({"event_types": ["payment.sneezed"]}, "event_types.0", "unknown_event_type"),
        ({"event_types": ["payment.failed"] * 99}, "event_types", "too_long"),
        ({"contact_email": "nobody"}, "contact_email", "invalid"),
        (
            {"contact_email": "a@b.example\r\nBcc: c@d.example"},
            "contact_email",
            "control_character",
        ),
        ({"secret": "whsec_mine"}, "secret", "unknown_field"),
    ],
)
def test_a_faulty_field_is_named_and_nothing_is_made(
    api: APIClient, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = api.post(ENDPOINTS, {"url": URL} | changes, format="json")

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]
    with platform_scope():
        assert not WebhookEndpoint.objects.exists()


def test_a_private_address_is_refused_with_the_reason_also_when_changed(
    api: APIClient, acme: Person
) -> None:
    endpoint = make_endpoint(acme, url=URL)

    answer = api.patch(
        f"{ENDPOINTS}/{endpoint.public_id}", {"url": "http://169.254.169.254/"}, format="json"
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == (
        "169.254.169.254 leads where we do not call: link-local, cloud metadata."
    )
    assert stored().url == URL


def test_a_live_endpoint_is_https(acme: Person) -> None:
    live = client_with(ApiKeyFactory(merchant=acme.merchant, livemode=True).text)

    refused = live.post(ENDPOINTS, {"url": "http://shop.example/"}, format="json")
    made = live.post(ENDPOINTS, {"url": URL}, format="json")

    assert refused.json()["errors"][0]["message"] == "Live events travel over https only."
    assert (made.status_code, made.json()["livemode"]) == (201, True)


def test_there_is_a_limit_to_their_number(api: APIClient, acme: Person) -> None:
    for _ in range(ENDPOINTS_LIMIT):
        make_endpoint(acme)
    make_endpoint(acme, livemode=True)

    answer = api.post(ENDPOINTS, {"url": URL}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_endpoints")


def test_what_is_changed_changes_and_the_rest_stays(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(
        acme, url=URL, description="old", contact_email="a@b.example", failing_since=clock.now()
    )
    path = f"{ENDPOINTS}/{endpoint.public_id}"

    answer = api.patch(
        path, {"description": "new", "event_types": [], "contact_email": None}, format="json"
    )
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["description"], shown["contact_email"], shown["url"]) == ("new", None, URL)
    assert shown["failing_since"] is not None

    moved = api.patch(path, {"url": "https://shop.example/v2"}, format="json").json()
    assert (moved["url"], moved["failing_since"]) == ("https://shop.example/v2", None)
    assert api.patch(path, {"url": None}, format="json").status_code == 400
    assert stored().secret == SECRET


def test_switching_off_and_on_again(
    api: APIClient, acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    path = f"{ENDPOINTS}/{endpoint.public_id}"
    happen(acme)

    off = api.patch(path, {"status": "disabled"}, format="json").json()
    happen(acme)
    deliver_due(endpoint.id)

    assert (off["status"], off["disabled_reason"]) == ("disabled", "by_merchant")
    assert listener.heard == []
    [unsent] = api.get(f"{path}/deliveries").json()["data"]
    assert (unsent["status"], unsent["next_try_at"], unsent["tries"]) == ("unsent", None, [])
    refused = api.post(f"{path}/test", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_disabled")

    on = api.patch(path, {"status": "enabled"}, format="json").json()
    assert (on["status"], on["disabled_reason"], on["disabled_at"]) == ("enabled", None, None)
    happen(acme)
    deliver_due(endpoint.id)
    assert len(listener.heard) == 1


def test_a_deleted_endpoint_is_gone_and_its_secret_too(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, contact_email="a@b.example")
    happen(acme)
    path = f"{ENDPOINTS}/{endpoint.public_id}"

    assert api.delete(path).status_code == 204

    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 404
    assert api.get(ENDPOINTS).json()["data"] == []
    kept = stored()
    assert (kept.is_enabled, kept.secret, kept.mail_due_at) == (False, "", None)
    deliver_due(endpoint.id)
    with platform_scope():
        assert {each.status for each in Delivery.objects.all()} == {"unsent"}


def test_a_rotation_shows_the_new_secret_and_says_how_long_the_old_one_signs(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme)

    answer = api.post(f"{ENDPOINTS}/{endpoint.public_id}/rotate_secret")

    assert answer.status_code == 200
    shown, kept = answer.json(), stored()
    assert shown["secret"] == kept.secret != SECRET
    assert shown["previous_secret_ends_at"] == "2026-11-23T06:30:05.000Z"
    assert kept.secrets_at(clock.now()) == [kept.secret, SECRET]
    assert kept.secrets_at(clock.now() + timedelta(hours=24)) == [kept.secret]
    clock.advance(24 * 3600)
    later = api.get(f"{ENDPOINTS}/{endpoint.public_id}").json()
    assert later["previous_secret_ends_at"] is None


def test_a_test_is_sent_and_its_answer_shown(
    api: APIClient, acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url, event_types=["refund.failed"])
    listener.reply = say("500 Error", b"a bug of mine")
    path = f"{ENDPOINTS}/{endpoint.public_id}"

    answer = api.post(f"{path}/test")
    deliver_due(endpoint.id)

    assert answer.status_code == 202
    event = answer.json()
    assert (event["object"], event["type"]) == ("event", "webhook_endpoint.test")
    assert event["data"]["id"] == endpoint.public_id
    assert listener.heard[0].headers["webhook-id"] == event["id"]
    [delivery] = api.get(f"{path}/deliveries").json()["data"]
    assert delivery == {
        "object": "delivery",
        "id": delivery["id"],
        "event": event["id"],
        "event_type": "webhook_endpoint.test",
        "status": "pending",
        "next_try_at": delivery["next_try_at"],
        "tries": [
            {
                "tried_at": "2026-11-22T06:30:05.000Z",
                "url": listener.url,
                "duration_ms": delivery["tries"][0]["duration_ms"],
                "http_status": 500,
                "error": None,
                "answer": "a bug of mine",
            }
        ],
        "created_at": "2026-11-22T06:30:05.000Z",
    }


def test_a_page_of_deliveries_shows_the_newest_tries_oldest_first(
    api: APIClient, acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    listener.replies = [say("500 One"), say("501 Two"), say("200 Three")]
    happen(acme)
    for _ in range(3):
        deliver_due(endpoint.id)
        clock.advance(60)

    [delivery] = api.get(f"{ENDPOINTS}/{endpoint.public_id}/deliveries").json()["data"]

    assert [each["http_status"] for each in delivery["tries"]] == [500, 501, 200]
    assert delivery["status"] == "succeeded"


def replayed(api: APIClient, endpoint: WebhookEndpoint, body: dict[str, Any]) -> Any:
    return api.post(f"{ENDPOINTS}/{endpoint.public_id}/replay", body, format="json")


def test_one_event_is_replayed_under_its_id(
    api: APIClient, acme: Person, listener: Listener, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, url=listener.url, event_types=["payment.succeeded"])
    happen(acme)
    deliver_due(endpoint.id)
    [event] = api.get("/v1/events").json()["data"]

    answer = replayed(api, endpoint, {"event": event["id"]})
    deliver_due(endpoint.id)

    assert (answer.status_code, answer.json()["pending_deliveries"]) == (202, 1)
    assert [each.headers["webhook-id"] for each in listener.heard] == [event["id"]] * 2
    [delivery] = api.get(f"{ENDPOINTS}/{endpoint.public_id}/deliveries").json()["data"]
    assert (delivery["status"], len(delivery["tries"])) == ("succeeded", 2)


def test_a_range_is_replayed_with_what_was_never_owed(
    api: APIClient, acme: Person, rival: Person, clock: ManualClock
) -> None:
    happen(acme)
    clock.advance(1)
    wanted = [happen(acme) for _ in range(2)]
    happen(rival)
    clock.advance(1)
    happen(acme)
    endpoint = make_endpoint(acme, event_types=["payment.succeeded"])
    happen(acme, "refund.failed")

    answer = replayed(
        api,
        endpoint,
        {"created_gte": "2026-11-22T06:30:06Z", "created_lt": "2026-11-22T06:30:07Z"},
    )

    assert (answer.status_code, answer.json()["pending_deliveries"]) == (202, 2)
    with platform_scope():
        owed = Delivery.objects.select_related("event").order_by("id")
        assert {each.event.object_id for each in owed} == set(wanted)
        assert {each.merchant_id for each in owed} == {acme.merchant.id}


def test_what_is_being_tried_is_not_replayed_at_the_same_time(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme)
    happen(acme)
    claim = ids.new_uuid()
    with platform_scope():
        Delivery.objects.update(claim=claim, due_at=clock.now() + timedelta(seconds=30))
        event = Event.objects.get().public_id

    assert replayed(api, endpoint, {"event": event}).status_code == 202

    with platform_scope():
        assert Delivery.objects.get().claim == claim


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "evt_01jdb0000000000000000000000", "created_gte": "2026-11-22T06:30:06Z"},
        {"created_gte": "2026-11-22T06:30:06Z"},
        {"created_gte": "2026-11-22T06:30:06Z", "created_lt": "2026-11-22T06:30:06Z"},
        {"created_gte": "2026-10-01T00:00:00Z", "created_lt": "2026-11-22T06:30:06Z"},
        {"created_gte": "2026-11-22T06:30:06", "created_lt": "2026-11-22T06:30:07"},
        {"event": "pay_01m8356seee06awar5bryb3z0q"},
    ],
)
def test_a_faulty_replay_is_refused(api: APIClient, acme: Person, body: dict[str, Any]) -> None:
    assert replayed(api, make_endpoint(acme), body).status_code == 400


def test_a_range_with_too_many_events_replays_none(
    api: APIClient, acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "REPLAY_LIMIT", 2)
    for _ in range(3):
        happen(acme)
    whole = {"created_gte": "2026-11-22T06:00:00Z", "created_lt": "2026-11-22T07:00:00Z"}

    answer = replayed(api, make_endpoint(acme), whole)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "More than 2 events: replay a shorter time."
    with platform_scope():
        assert not Delivery.objects.exists()


def test_events_are_listed_newest_first_and_filtered(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    payment = happen(acme, "payment.succeeded", id="pay_1")
    clock.advance(10)
    happen(acme, "refund.failed")

    shown = api.get("/v1/events").json()["data"]
    assert [each["type"] for each in shown] == ["refund.failed", "payment.succeeded"]
    assert shown[1] == {
        "object": "event",
        "id": shown[1]["id"],
        "type": "payment.succeeded",
        "livemode": False,
        "created_at": "2026-11-22T06:30:05.000Z",
        "data": {"object": "payment", "id": "pay_1"},
    }
    assert api.get(f"/v1/events/{shown[1]['id']}").json() == shown[1]

    def found(query: str) -> list[str]:
        return [each["id"] for each in api.get(f"/v1/events?{query}").json()["data"]]

    refund, paid = (each["id"] for each in shown)
    assert found("type=refund.failed") == [refund]
    assert found(f"object={ids.encode('pay', payment)}") == [paid]
    assert found("created_gte=2026-11-22T06:30:15Z") == [refund]
    assert found("created_lt=2026-11-22T06:30:15Z") == [paid]
    assert found("limit=1") == [refund]
    assert found(f"limit=1&cursor={refund}") == [paid]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=payment.sneezed", "type"),
        ("object=pay_1", "object"),
        ("created_gte=now", "created_gte"),
    ],
)
def test_a_faulty_filter_is_named(api: APIClient, query: str, field: str) -> None:
    answer = api.get(f"/v1/events?{query}")

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("stranger", ["rival", "outsider", "live"])
def test_nobody_else_sees_or_touches_them(
    acme: Person, stranger: str, request: pytest.FixtureRequest
) -> None:
    endpoint = make_endpoint(acme)
    happen(acme)
    with platform_scope():
        event = Event.objects.get().public_id
    if stranger == "live":
        other = client_with(ApiKeyFactory(merchant=acme.merchant, livemode=True).text)
    else:
        other = request.getfixturevalue(stranger).client()
    path = f"{ENDPOINTS}/{endpoint.public_id}"

    assert other.get(ENDPOINTS).json()["data"] == []
    assert other.get("/v1/events").json()["data"] == []
    for answer in (
        other.get(path),
        other.get(f"{path}/deliveries"),
        other.get(f"/v1/events/{event}"),
        other.patch(path, {"description": "mine"}, format="json"),
        other.delete(path),
        other.post(f"{path}/rotate_secret"),
        other.post(f"{path}/test"),
        other.post(f"{path}/replay", {"event": event}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    kept = stored()
    assert (kept.description, kept.is_enabled, kept.secret) == ("", True, SECRET)
    with platform_scope():
        assert (Event.objects.count(), Delivery.objects.count()) == (1, 1)


def test_an_event_of_another_merchant_is_not_replayed_to_ones_own_endpoint(
    acme: Person, rival: Person
) -> None:
    happen(acme)
    with platform_scope():
        event = Event.objects.get().public_id
    own = make_endpoint(rival)

    assert replayed(rival.client(), own, {"event": event}).status_code == 404
    with platform_scope():
        assert not Delivery.objects.exists()


def test_a_key_needs_the_scope_and_the_whole_merchant(acme: Person) -> None:
    reader = client_with(ApiKeyFactory(merchant=acme.merchant, scopes=[Scope.WEBHOOKS_READ]).text)
    of_store = client_with(ApiKeyFactory(merchant=acme.merchant, store=acme.store).text)

    assert reader.get(ENDPOINTS).status_code == 200
    assert reader.post(ENDPOINTS, {"url": URL}, format="json").json()["code"] == "missing_scope"
    assert reader.get("/v1/events").json()["code"] == "missing_scope"
    for path in (ENDPOINTS, "/v1/events"):
        assert of_store.get(path).json()["code"] == "key_of_one_store"


def test_the_operators_exception_holds_for_saving_too(
    api: APIClient, settings: Settings, listener: Listener
) -> None:
    assert api.post(ENDPOINTS, {"url": listener.url}, format="json").status_code == 201
