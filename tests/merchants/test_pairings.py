"""A web till is paired by a code: once, for ten minutes, by whoever was told it."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from merchants.models import ApiKey, Pairing
from merchants.pairing_codes import ALPHABET, read_code, show_code
from merchants.services import begin_pairing, end_pairings
from merchants.state import TILL_SCOPES
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


def begin(person: Person, *, livemode: bool = False) -> str:
    with tenant_scope(person.acquirer.id):
        return begin_pairing(person.terminal, livemode=livemode)[1]


def pair(code: object, address: str = "198.51.100.7") -> object:
    return APIClient().post("/v1/pairings", {"code": code}, format="json", REMOTE_ADDR=address)


def test_a_code_becomes_a_key_of_one_terminal_that_cannot_refund_without_a_pin(
    acme: Person, clock: ManualClock
) -> None:
    answer = pair(begin(acme))

    assert answer.status_code == 201
    shown = answer.json()
    assert shown["merchant_name"] == acme.merchant.display_name
    assert shown["terminal"]["id"] == acme.terminal.public_id
    assert shown["store"]["id"] == acme.store.public_id
    assert shown["livemode"] is False
    assert shown["currencies"] == [{"code": "HKD", "minor_digits": 2}]
    with platform_scope():
        key = ApiKey.objects.get(pairing__isnull=False)
        assert (key.terminal_id, key.store_id) == (acme.terminal.id, acme.store.id)
        assert key.scopes == list(TILL_SCOPES)
        assert "refunds:write" not in key.scopes
    own = client_with(shown.pop("api_key"))
    assert own.get("/v1/pairing").json() == shown
    assert [row["id"] for row in own.get("/v1/terminals").json()["data"]] == [
        acme.terminal.public_id
    ]


def test_a_live_code_becomes_a_live_key(acme: Person) -> None:
    assert pair(begin(acme, livemode=True)).json()["api_key"].startswith("tg_live_")


@pytest.mark.parametrize("typed", [str.lower, show_code, lambda code: f" {code[:4]} {code[4:]} "])
def test_a_code_may_be_typed_as_it_is_read(acme: Person, typed: object) -> None:
    assert pair(typed(begin(acme))).status_code == 201  # type: ignore[operator]


def test_a_code_works_once(acme: Person) -> None:
    code = begin(acme)
    pair(code)

    again = pair(code)

    assert (again.status_code, again.json()["code"]) == (404, "pairing_code_unknown")
    with platform_scope():
        assert ApiKey.objects.filter(pairing__isnull=False).count() == 1


def test_a_code_ends_after_ten_minutes(acme: Person, clock: ManualClock) -> None:
    first, second = begin(acme), ""
    clock.advance(599)
    assert pair(first).status_code == 201
    second = begin(acme)
    clock.advance(600)

    assert pair(second).status_code == 404


def test_a_new_code_ends_the_earlier_one(acme: Person) -> None:
    earlier, later = begin(acme), begin(acme)

    assert pair(earlier).status_code == 404
    assert pair(later).status_code == 201


@pytest.mark.parametrize("wrong", ["", "ABCD", "ABCD-23450", "0OIL1U22", "ÄBCD2345"])
def test_what_can_be_no_code_is_unknown(acme: Person, wrong: str) -> None:
    assert pair(wrong).status_code == 404
    assert read_code(wrong) is None


def test_an_address_tries_ten_times_in_ten_minutes_and_another_is_not_held_up(
    acme: Person, clock: ManualClock
) -> None:
    code = begin(acme)
    assert {pair("22222222").status_code for _ in range(10)} == {404}

    refused = pair(code)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused["Retry-After"] == "600"
    assert pair(code, address="198.51.100.8").status_code == 201


def test_a_header_that_anybody_can_write_gives_no_further_tries(acme: Person) -> None:
    for number in range(10):
        Client().post("/v1/pairings", headers={"X-Forwarded-For": f"192.0.2.{number}"})

    refused = Client().post("/v1/pairings", headers={"X-Forwarded-For": "192.0.2.99"})

    assert refused.status_code == 429


def test_neither_code_nor_key_is_kept_in_the_clear(acme: Person) -> None:
    code = begin(acme)
    key_text = pair(code).json()["api_key"]

    with platform_scope():
        kept = str(list(Pairing.objects.values())) + str(list(AuditEntry.objects.values()))
    assert code not in kept
    assert key_text not in kept


def test_unpairing_at_the_till_ends_its_own_key_only(acme: Person) -> None:
    mine, other = (client_with(pair(begin(acme)).json()["api_key"]) for _ in range(2))

    assert mine.delete("/v1/pairing").status_code == 204

    assert mine.get("/v1/pairing").status_code == 401
    assert other.get("/v1/pairing").status_code == 200


def test_unpairing_by_staff_ends_every_till_and_every_code_of_the_terminal_alone(
    acme: Person, rival: Person
) -> None:
    mine = client_with(pair(begin(acme)).json()["api_key"])
    others = client_with(pair(begin(rival)).json()["api_key"])
    unused = begin(acme)

    with tenant_scope(acme.acquirer.id):
        assert end_pairings(acme.terminal) == 1

    assert mine.get("/v1/pairing").status_code == 401
    assert pair(unused).status_code == 404
    assert others.get("/v1/pairing").status_code == 200
    assert acme.client().get("/v1/stores").status_code == 200


def test_a_key_that_came_by_no_pairing_has_none(acme: Person) -> None:
    assert acme.client().get("/v1/pairing").status_code == 404
    assert acme.client().delete("/v1/pairing").status_code == 404
    assert acme.client().get("/v1/stores").status_code == 200


def test_the_alphabet_has_nothing_to_mix_up() -> None:
    assert set(ALPHABET).isdisjoint("01ILOU")
    assert timedelta(minutes=10).total_seconds() == 600
