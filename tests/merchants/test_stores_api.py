"""GET /v1/stores and GET /v1/terminals."""

import pytest
from rest_framework.test import APIClient

from merchants.state import Scope
from tests.factories.merchants import ApiKeyFactory, StoreFactory, TerminalFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


def test_a_key_reads_its_merchants_stores(api: APIClient, acme: Person) -> None:
    answer = api.get("/v1/stores")

    assert answer.status_code == 200
    assert answer.json() == {
        "data": [
            {
                "object": "store",
                "id": acme.store.public_id,
                "name": "Harbour Tea Central",
                "scheme_store_id": acme.store.scheme_store_id,
                "status": "active",
                "address": {
                    "line1": "",
                    "line2": "",
                    "town": "",
                    "region": "",
                    "postal_code": "",
                    "country": "HK",
                },
                "location": None,
            }
        ],
        "has_more": False,
        "next_cursor": None,
    }


def test_a_key_reads_its_merchants_terminals(api: APIClient, acme: Person) -> None:
    answer = api.get("/v1/terminals")

    assert answer.status_code == 200
    assert answer.json()["data"] == [
        {
            "object": "terminal",
            "id": acme.terminal.public_id,
            "store": acme.store.public_id,
            "name": "Till 1",
            "scheme_terminal_id": acme.terminal.scheme_terminal_id,
            "status": "active",
        }
    ]


@pytest.mark.parametrize("address", ["/v1/stores", "/v1/terminals"])
@pytest.mark.parametrize("stranger", ["rival", "outsider"])
def test_nobody_else_sees_them(
    address: str, stranger: str, acme: Person, request: pytest.FixtureRequest
) -> None:
    other: Person = request.getfixturevalue(stranger)
    own = {"/v1/stores": other.store, "/v1/terminals": other.terminal}[address]

    seen = other.client().get(address).json()["data"]

    assert [row["id"] for row in seen] == [own.public_id]


def test_a_key_bound_to_a_store_sees_that_store_only(acme: Person) -> None:
    other = StoreFactory(merchant=acme.merchant)
    terminal = TerminalFactory(store=other)
    client = client_with(ApiKeyFactory(merchant=acme.merchant, store=other).text)

    assert [row["id"] for row in client.get("/v1/stores").json()["data"]] == [other.public_id]
    assert [row["id"] for row in client.get("/v1/terminals").json()["data"]] == [terminal.public_id]


def test_a_key_bound_to_a_terminal_sees_that_terminal_and_its_store_only(acme: Person) -> None:
    StoreFactory(merchant=acme.merchant)
    mine = TerminalFactory(store=acme.store)
    client = client_with(
        ApiKeyFactory(merchant=acme.merchant, store=acme.store, terminal=mine).text
    )

    assert [row["id"] for row in client.get("/v1/stores").json()["data"]] == [acme.store.public_id]
    assert [row["id"] for row in client.get("/v1/terminals").json()["data"]] == [mine.public_id]
    assert client.get("/v1/events").json()["code"] == "key_of_one_store"


def test_pages_follow_each_other_newest_first_and_miss_nothing(
    api: APIClient, acme: Person
) -> None:
    added = [StoreFactory(merchant=acme.merchant) for _ in range(4)]
    expected = [store.public_id for store in [*reversed(added), acme.store]]

    first = api.get("/v1/stores?limit=2").json()
    second = api.get(f"/v1/stores?limit=2&cursor={first['next_cursor']}").json()
    third = api.get(f"/v1/stores?limit=2&cursor={second['next_cursor']}").json()

    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]
    assert [row["id"] for page in (first, second, third) for row in page["data"]] == expected
    assert third["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("colour=red", "colour", "unknown_field"),
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "too_large"),
        ("limit=ten", "limit", "not_an_integer"),
        ("cursor=pay_01jdb0000000000000000000000", "cursor", "not_a_cursor"),
        ("cursor=trm_01m8356seee06awar5bryb3z0q", "cursor", "not_a_cursor"),
        ("cursor=%00", "cursor", "not_a_cursor"),
        ("limit=1&limit=2", "limit", "repeated"),
    ],
)
def test_a_faulty_query_is_refused_by_name(
    api: APIClient, query: str, field: str, code: str
) -> None:
    answer = api.get(f"/v1/stores?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_request"
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]


@pytest.mark.parametrize("address", ["/v1/stores", "/v1/terminals"])
def test_a_key_without_the_scope_is_refused(address: str, acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, scopes=[Scope.PAYMENTS_WRITE])

    answer = client_with(key.text).get(address)

    assert answer.status_code == 403
    assert answer.json()["code"] == "missing_scope"
    assert "stores:read" in answer.json()["detail"]
