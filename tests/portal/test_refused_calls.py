"""Calls that are refused with one key are named as a trouble of that key, and cost little."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from kernel.clock import ManualClock
from merchants import refusals
from merchants.models import ApiKey
from merchants.services import revoke_api_key
from portal.health.sentences import show_value, tell
from portal.models import Incident
from portal.services.watch import watch_rates
from portal.slots import begin_of
from portal.state import Kind, Level
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person, client_with
from tests.portal.figures import put

pytestmark = pytest.mark.django_db


def call(person: Person, times: int = 1, status: int = 401) -> None:
    client = client_with(person.key_text)
    for _ in range(times):
        assert client.get("/v1/payments").status_code == status


def revoke(person: Person) -> None:
    with tenant_scope(person.acquirer.id):
        revoke_api_key(person.key)


def counted(person: Person) -> tuple[int, int, str]:
    with platform_scope():
        key = ApiKey.objects.get(pk=person.key.pk)
    return key.refused_count, key.refused_before, key.refused_code


def told(person: Person) -> list[tuple[str, str]]:
    with tenant_scope(person.acquirer.id, person.merchant.id):
        rows = Event.objects.filter(type__startswith="incident.").order_by("id")
        return [(row.type, row.payload["kind"]) for row in rows]


def test_ten_refused_calls_of_a_revoked_key_are_a_trouble_of_that_key(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    revoke(acme)
    revoke(outsider)
    call(acme, 10)
    call(outsider, 9)

    assert watch_rates() == 1

    with tenant_scope(acme.acquirer.id):
        row = Incident.objects.select_related("merchant", "store", "terminal", "key").get()
    assert (row.kind, row.level, row.key_id) == (Kind.CALLS_REFUSED, Level.KEY, acme.key.pk)
    assert tell(row).startswith("Calls with one API key are refused: Harbour Tea, ")
    assert show_value(row) == "10 calls in ten minutes"
    with tenant_scope(outsider.acquirer.id):
        assert not Incident.objects.exists()
    assert told(acme) == [("incident.opened", "calls_refused")]
    assert told(outsider) == []


def test_calls_of_ten_minutes_ago_count_no_more(acme: Person, clock: ManualClock) -> None:
    revoke(acme)
    call(acme, 9)
    clock.advance(300)
    call(acme)
    assert counted(acme) == (1, 9, "invalid_api_key")
    assert watch_rates() == 1
    clock.advance(600)
    call(acme)
    assert counted(acme) == (1, 0, "invalid_api_key")
    watch_rates()

    with tenant_scope(acme.acquirer.id):
        assert Incident.objects.get().ended_at == clock.now()
    assert [kind for kind, _ in told(acme)] == ["incident.opened", "incident.closed"]


def test_a_missing_scope_and_a_foreign_address_are_counted(
    acme: Person, clock: ManualClock
) -> None:
    with platform_scope():
        ApiKey.objects.filter(pk=acme.key.pk).update(scopes=["stores:read"])
    call(acme, status=403)
    assert counted(acme) == (1, 0, "missing_scope")

    with platform_scope():
        ApiKey.objects.filter(pk=acme.key.pk).update(allowed_networks=["192.0.2.0/24"])
    call(acme, status=403)
    assert counted(acme) == (2, 0, "address_not_allowed")


def test_who_has_not_the_whole_key_writes_nothing(acme: Person) -> None:
    revoke(acme)
    guess = acme.key_text[:-1] + ("a" if acme.key_text[-1] != "a" else "b")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client_with(guess).get("/v1/payments").status_code == 401

    assert not [each for each in queries if "UPDATE" in each["sql"]]
    assert counted(acme) == (0, 0, "")


def test_a_till_gone_wild_is_counted_to_the_limit(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "LIMIT", 3)
    revoke(acme)

    call(acme, 5)

    assert counted(acme) == (3, 0, "invalid_api_key")


def test_what_is_refused_on_purpose_is_no_trouble(acme: Person) -> None:
    with platform_scope():
        acme.merchant.status = "suspended"
        acme.merchant.save()

    call(acme, 12, status=403)

    assert counted(acme) == (0, 0, "")
    assert watch_rates() == 0


def test_counting_leaves_nothing_in_the_audit_trail(acme: Person) -> None:
    revoke(acme)
    with platform_scope():
        before = AuditEntry.objects.count()

    call(acme, 3)

    with platform_scope():
        assert AuditEntry.objects.count() == before


def test_an_incident_of_a_whole_account_is_no_merchants_event(
    acme: Person, clock: ManualClock
) -> None:
    put(acme, begin_of(clock.now()), tried=20, unknown=20, succeeded=20)

    assert watch_rates() == 1

    assert told(acme) == []


def test_the_event_shows_the_incident(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(clock.now()), tried=20, failed=20)
    assert watch_rates() == 1

    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        payload: dict[str, Any] = Event.objects.get().payload
        row = Incident.objects.get()
    assert (payload["object"], payload["id"]) == ("incident", row.public_id)
    assert payload["message"] == "Most payments of Harbour Tea come to nothing"
    assert payload["cashier_message"].startswith("Many Alipay payments fail here")
    assert payload["ended_at"] is None
