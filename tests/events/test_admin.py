"""Webhooks in the admin: staff see their acquirer's, secrets never; some may send again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Delivery, Event, WebhookEndpoint
from events.services.deliver import deliver_due
from kernel.clock import ManualClock
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.events.listener import Listener, say
from tests.factories.events import SECRET, happen, make_endpoint
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db
LIST = "admin:events_webhookendpoint_changelist"


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    client.force_login(StaffFactory(acquirer=person.acquirer, role=role))
    return client


def act(client: Client, address: str, action: str, *rows: Any, **more: str) -> Any:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(reverse(address), chosen | more, follow=True)


def reread(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    with platform_scope():
        return WebhookEndpoint.objects.get(id=endpoint.id)


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATIONS, Role.SUPPORT, Role.AUDITOR])
def test_staff_see_endpoints_deliveries_and_each_answer_and_no_secret(
    acme: Person, listener: Listener, role: Role
) -> None:
    endpoint = make_endpoint(acme, url=listener.url, description="ERP")
    listener.reply = say("500 Error", b"a bug of mine")
    happen(acme)
    deliver_due(endpoint.id)
    with platform_scope():
        delivery, event = Delivery.objects.get(), Event.objects.get()
    client = signed_in(acme, role)

    for name, row, words in [
        ("webhookendpoint", endpoint, ["ERP", listener.url]),
        ("delivery", delivery, ["a bug of mine", "500"]),
        ("event", event, ["payment.succeeded"]),
    ]:
        page = client.get(reverse(f"admin:events_{name}_change", args=[row.pk]))
        listing = client.get(reverse(f"admin:events_{name}_changelist"))
        assert (page.status_code, listing.status_code) == (200, 200)
        for word in words:
            assert word in page.content.decode()
        assert SECRET not in page.content.decode() + listing.content.decode()
        assert client.post(page.request["PATH_INFO"], {"url": "x"}).status_code == 403


def test_staff_of_another_acquirer_find_none_and_change_none(
    acme: Person, outsider: Person
) -> None:
    endpoint = make_endpoint(acme)
    client = signed_in(outsider, Role.OWNER)

    page = client.get(reverse("admin:events_webhookendpoint_change", args=[endpoint.pk]))
    act(client, LIST, "disable", endpoint)

    assert page.status_code == 302
    assert reread(endpoint).is_enabled


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.AUDITOR])
def test_who_may_only_look_cannot_act(acme: Person, role: Role) -> None:
    endpoint = make_endpoint(acme)

    act(signed_in(acme, role), LIST, "disable", endpoint)

    assert reread(endpoint).is_enabled


def test_endpoints_are_switched_off_and_on_and_a_deleted_one_stays_off(
    acme: Person, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, contact_email="dev@shop.example")
    deleted = make_endpoint(acme, is_enabled=False, disabled_reason="deleted")
    client = signed_in(acme, Role.OPERATIONS)

    act(client, LIST, "disable", endpoint)
    off = reread(endpoint)
    assert (off.is_enabled, off.disabled_reason, off.mail_due_at) == (
        False,
        "by_staff",
        clock.now(),
    )

    act(client, LIST, "enable", endpoint, deleted)
    assert reread(endpoint).is_enabled
    assert not reread(deleted).is_enabled


def test_chosen_deliveries_are_sent_again(acme: Person, listener: Listener) -> None:
    endpoint = make_endpoint(acme, url=listener.url)
    happen(acme)
    deliver_due(endpoint.id)
    with platform_scope():
        delivery = Delivery.objects.get()

    answer = act(
        signed_in(acme, Role.OPERATIONS), "admin:events_delivery_changelist", "replay", delivery
    )
    deliver_due(endpoint.id)

    assert "1 are sent again." in answer.content.decode()
    assert len({heard.headers["webhook-id"] for heard in listener.heard}) == 1
    assert len(listener.heard) == 2


def test_the_events_of_a_time_are_sent_again_after_it_was_asked_for(
    acme: Person, rival: Person, clock: ManualClock
) -> None:
    happen(acme)
    happen(rival)
    endpoint = make_endpoint(acme)
    client = signed_in(acme, Role.OWNER)

    asked = act(client, LIST, "replay", endpoint)
    assert "replay_now" in asked.content.decode()
    with platform_scope():
        assert not Delivery.objects.exists()

    time = {
        "created_gte_0": "2026-11-22",
        "created_gte_1": "14:00:00",
        "created_lt_0": "2026-11-22",
        "created_lt_1": "15:00:00",
        "replay_now": "Send again",
    }
    answer = act(client, LIST, "replay", endpoint, **time)

    assert [str(m) for m in answer.context["messages"]] == [f"{endpoint.url}: 1 are sent again."]
    with platform_scope():
        assert Delivery.objects.get().merchant_id == acme.merchant.id
