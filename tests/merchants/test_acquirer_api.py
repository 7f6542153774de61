"""/v1/merchants: an acquirer's own system looks after its merchants, and after nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from merchants.models import AcquirerKey, ApiKey, Merchant, Store
from merchants.services.move_merchant import activate_registered
from merchants.state import ALL_SCOPES, AcquirerScope
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope
from tests.factories.merchants import AcquirerKeyFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db

NEW = {
    "registration_number": "12345678",
    "registered_address": {"line1": "8 Pier Road", "town": "Hong Kong"},
    "responsible_name": "Ada Chan",
    "responsible_id": "A123456(7)",
    "legal_name": "Harbour Tea Limited",
    "display_name": "Harbour Tea",
    "mcc": "5814",
    "country": "HK",
    "scheme_merchant_id": "M-NEW-1",
}

CENTRAL = {"line1": "1 Queen's Road", "town": "Hong Kong"}


@pytest.fixture
def isv(acme: Person, clock: ManualClock) -> APIClient:
    """A client that sends a key of acme's acquirer."""
    return client_with(AcquirerKeyFactory(acquirer=acme.acquirer).text)


def of(person: Person) -> str:
    return f"/v1/merchants/{person.merchant.public_id}"


def test_a_merchant_is_taken_on_with_store_terminal_and_key_and_the_key_works(
    isv: APIClient,
) -> None:
    merchant = isv.post("/v1/merchants", NEW, format="json")
    path = f"/v1/merchants/{merchant.json()['id']}"
    place = {"name": "Central", "scheme_store_id": "S1", "address": CENTRAL}
    store = isv.post(f"{path}/stores", place, format="json")
    terminals = f"{path}/stores/{store.json()['id']}/terminals"
    terminal = isv.post(terminals, {"name": "Till 1", "scheme_terminal_id": "T1"}, format="json")
    key = isv.post(
        f"{path}/api_keys", {"label": "ECR", "terminal": terminal.json()["id"]}, format="json"
    )

    assert [answer.status_code for answer in (merchant, store, terminal, key)] == [201] * 4
    assert merchant.json()["display_name"] == "Harbour Tea"
    assert merchant.json()["status"] == "draft"
    draft = client_with(key.json()["key"]).get("/v1/terminals")
    assert (draft.status_code, draft.json()["code"]) == (403, "merchant_not_active")
    for step in ("submit", "approve"):
        assert isv.post(f"{path}/steps", {"step": step}, format="json").status_code == 201
    assert activate_registered() == 1
    assert key.json()["livemode"] is False
    assert key.json()["scopes"] == list(ALL_SCOPES)
    assert key.json()["store"] == store.json()["id"]
    seen = client_with(key.json()["key"]).get("/v1/terminals").json()["data"]
    assert [row["id"] for row in seen] == [terminal.json()["id"]]


def test_what_it_changes_is_signed_with_the_key_in_the_trail(isv: APIClient, acme: Person) -> None:
    isv.post("/v1/merchants", NEW, format="json")

    with platform_scope():
        key = AcquirerKey.objects.get()
        entry = AuditEntry.objects.get(table="merchants_merchant", actor=key.public_id)
    assert (entry.action, entry.origin, entry.acquirer_id) == (
        "insert", "127.0.0.1", acme.acquirer.id,
    )  # fmt: skip


@pytest.mark.parametrize("stranger", ["outsider"])
@pytest.mark.parametrize(
    "rest",
    ["", "/stores", "/api_keys", "/stores/{store}/terminals", "/api_keys/{key}/revoke",
     "/api_keys/{key}/roll"],
)  # fmt: skip
def test_another_acquirers_merchant_is_not_there(
    isv: APIClient, rest: str, stranger: str, request: pytest.FixtureRequest
) -> None:
    other: Person = request.getfixturevalue(stranger)
    path = of(other) + rest.format(store=other.store.public_id, key=other.key.public_id)

    answers = [isv.get(path), isv.post(path, {}, format="json")]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert 404 in {answer.status_code for answer in answers}
    with platform_scope():
        assert ApiKey.objects.get(id=other.key.id).revoked_at is None
        assert Store.objects.filter(merchant=other.merchant).count() == 1


def test_lists_show_the_acquirers_own_merchants_newest_first(
    isv: APIClient, acme: Person, rival: Person, outsider: Person
) -> None:
    seen = isv.get("/v1/merchants").json()["data"]

    own = [acme.merchant.public_id, rival.merchant.public_id]
    assert [row["id"] for row in seen] == sorted(own, reverse=True)
    assert outsider.merchant.public_id not in str(seen)


def test_a_store_is_looked_for_below_its_own_merchant(
    isv: APIClient, acme: Person, rival: Person
) -> None:
    mixed = f"{of(acme)}/stores/{rival.store.public_id}/terminals"
    sent = {"label": "ECR", "store": rival.store.public_id}

    assert isv.get(mixed).status_code == 404
    refused = isv.post(f"{of(acme)}/api_keys", sent, format="json")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "store")
    with platform_scope():
        assert ApiKey.objects.count() == 2


def test_an_acquirer_key_takes_no_payment_and_a_merchants_key_no_merchant(
    isv: APIClient, api: APIClient
) -> None:
    answers = [isv.get("/v1/payments"), isv.get("/v1/stores"), api.get("/v1/merchants")]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (401, "invalid_api_key")
    ] * 3


CALLS = [
    ("get", "", AcquirerScope.MERCHANTS_READ),
    ("post", "", AcquirerScope.MERCHANTS_WRITE),
    ("get", "/{merchant}", AcquirerScope.MERCHANTS_READ),
    ("get", "/{merchant}/stores", AcquirerScope.MERCHANTS_READ),
    ("post", "/{merchant}/stores", AcquirerScope.MERCHANTS_WRITE),
    ("get", "/{merchant}/api_keys", AcquirerScope.KEYS_READ),
    ("post", "/{merchant}/api_keys", AcquirerScope.KEYS_WRITE),
    ("post", "/{merchant}/api_keys/{key}/roll", AcquirerScope.KEYS_WRITE),
    ("post", "/{merchant}/api_keys/{key}/revoke", AcquirerScope.KEYS_WRITE),
]


@pytest.mark.parametrize(("method", "rest", "scope"), CALLS)
def test_each_call_needs_its_scope(acme: Person, method: str, rest: str, scope: str) -> None:
    others = [each.value for each in AcquirerScope if each != scope]
    lacking = client_with(AcquirerKeyFactory(acquirer=acme.acquirer, scopes=others).text)
    path = rest.format(merchant=acme.merchant.public_id, key=acme.key.public_id)

    answer = getattr(lacking, method)(f"/v1/merchants{path}", format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    assert scope in answer.json()["detail"]


def test_a_live_key_needs_a_scope_of_its_own(acme: Person) -> None:
    test_only = AcquirerKeyFactory(acquirer=acme.acquirer, scopes=[AcquirerScope.KEYS_WRITE])
    both = AcquirerKeyFactory(
        acquirer=acme.acquirer, scopes=[AcquirerScope.KEYS_WRITE, AcquirerScope.LIVE_KEYS_WRITE]
    )
    sent = {"label": "ECR", "livemode": True}

    answers = [
        client_with(key.text).post(f"{of(acme)}/api_keys", sent, format="json")
        for key in (test_only, both)
    ]

    assert [answer.status_code for answer in answers] == [403, 201]
    assert answers[1].json()["key"].startswith("tg_live_")


def test_a_keys_text_is_told_once_even_to_the_one_who_asks_again(
    isv: APIClient, acme: Person
) -> None:
    def ask() -> Any:
        return isv.post(
            f"{of(acme)}/api_keys", {"label": "ECR"}, format="json", HTTP_IDEMPOTENCY_KEY="k-1"
        )

    first, again = ask(), ask()

    assert first.json()["key"].startswith("tg_test_")
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json() | {"key": None}
    assert "key" not in isv.get(f"{of(acme)}/api_keys").json()["data"][0]


def test_a_rolled_key_goes_on_for_the_overlap_and_a_revoked_one_ends_now(
    isv: APIClient, acme: Person, clock: ManualClock
) -> None:
    path = f"{of(acme)}/api_keys/{acme.key.public_id}"

    new = isv.post(f"{path}/roll", {"overlap_hours": 2}, format="json").json()
    clock.advance(7100)
    old_works = acme.client().get("/v1/stores").status_code
    clock.advance(101)
    assert (old_works, acme.client().get("/v1/stores").status_code) == (200, 401)
    successor = client_with(new["key"])
    assert (new["replaces"], successor.get("/v1/stores").status_code) == (acme.key.public_id, 200)

    revoked = isv.post(f"{of(acme)}/api_keys/{new['id']}/revoke", {}, format="json")

    assert revoked.json()["revoked_at"] == "2026-11-22T08:30:06.000Z"
    assert successor.get("/v1/stores").status_code == 401


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mcc": "581"}, "mcc"),
        ({"country": "hk"}, "country"),
        ({"legal_name": ""}, "legal_name"),
        ({"scheme_merchant_id": "no spaces"}, "scheme_merchant_id"),
        ({"payment_timeout_seconds": 5}, "payment_timeout_seconds"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_faulty_merchant_is_refused_by_field_and_nothing_is_made(
    isv: APIClient, changes: dict[str, Any], field: str
) -> None:
    answer = isv.post("/v1/merchants", NEW | changes, format="json")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    with platform_scope():
        assert Merchant.objects.count() == 1


def test_an_id_that_the_acquirer_has_already_is_a_conflict(isv: APIClient, acme: Person) -> None:
    taken = NEW | {"scheme_merchant_id": acme.merchant.scheme_merchant_id}

    answer = isv.post("/v1/merchants", taken, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"expires_at": "past"}, 401, "invalid_api_key"),
        ({"revoked_at": "past"}, 401, "invalid_api_key"),
        ({"allowed_networks": ["203.0.113.0/24"]}, 403, "address_not_allowed"),
    ],
)
def test_a_key_that_may_not_be_used_opens_nothing(
    acme: Person, clock: ManualClock, changes: dict[str, Any], status: int, code: str
) -> None:
    past = clock.now() - timedelta(seconds=1)
    made = {name: past if value == "past" else value for name, value in changes.items()}
    key = AcquirerKeyFactory(acquirer=acme.acquirer, **made)

    answer = client_with(key.text).get("/v1/merchants")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_suspended_acquirers_key_opens_nothing(isv: APIClient, acme: Person) -> None:
    acme.acquirer.status = "suspended"
    acme.acquirer.save()

    answer = isv.get("/v1/merchants")

    assert (answer.status_code, answer.json()["code"]) == (403, "acquirer_not_active")


def test_its_use_is_noted_once_a_minute(isv: APIClient, acme: Person, clock: ManualClock) -> None:
    isv.get("/v1/merchants")
    clock.advance(59)
    isv.get("/v1/merchants")

    with platform_scope():
        key = AcquirerKey.objects.get()
    assert key.last_used_at == clock.now() - timedelta(seconds=59)
    assert str(key.last_used_from) == "127.0.0.1"
