"""``/v1/payments``: what an ECR sends and gets."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from payments.models import Attempt, Payment
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import ApiKeyFactory, StoreFactory, TerminalFactory
from tests.fakes import (
    CLOSED_BY_CANCEL,
    DECLINED,
    PAID,
    REFUNDED,
    SILENCE,
    FakeScheme,
)
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
NOW = {"HTTP_PREFER": "wait=0"}


def body(person: Person, **changes: Any) -> dict[str, Any]:
    content = {
        "amount": 12050,
        "currency": "HKD",
        "payment_code": "281234567890123456",
        "merchant_reference": "T1-0042",
        "store": person.store.public_id,
    }
    return content | changes


def test_a_paid_code_is_201_and_the_whole_payment(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)

    answer = api.post(
        "/v1/payments",
        body(acme, terminal=acme.terminal.public_id, metadata={"till": "3"}),
        format="json",
    )

    assert answer.status_code == 201
    shown = answer.json()
    assert shown.pop("id").startswith("pay_01")
    assert shown == {
        "object": "payment",
        "livemode": False,
        "status": "succeeded",
        "amount": 12050,
        "amount_charged": 12050,
        "reductions": [],
        "currency": "HKD",
        "amount_refunded": 0,
        "discount": 0,
        "merchant_reference": "T1-0042",
        "description": None,
        "items": [],
        "store": acme.store.public_id,
        "terminal": acme.terminal.public_id,
        "mode": "payment_code",
        "payment_code": "2812••••••••••••56",
        "qr_code": None,
        "payer": {
            "wallet": "alipay",
            "account": "159****5620",
            "amount": 10870,
            "currency": "CNY",
        },
        "exchange_rate": "0.90207000",
        "failure": None,
        "scheme": {"name": "alipay", "transaction_id": "2026112222001400990000000042"},
        "metadata": {"till": "3"},
        "member": None,
        "created_at": "2026-11-22T06:30:05.000Z",
        "expires_at": "2026-11-22T06:30:35.000Z",
        "completed_at": "2026-11-22T06:30:05.000Z",
    }
    assert answer["X-Request-Id"].startswith("req_01")


def test_a_payment_in_doubt_is_202_with_where_and_when_to_ask(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)

    answer = api.post("/v1/payments", body(acme), format="json", **NOW)

    assert answer.status_code == 202
    assert answer.json()["status"] == "processing"
    assert answer["Location"] == f"/v1/payments/{answer.json()['id']}"
    assert answer["Retry-After"] == "3"


def test_the_same_request_again_is_200_and_says_so(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    first = api.post("/v1/payments", body(acme), format="json")

    again = api.post("/v1/payments", body(acme), format="json")

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first


def test_other_content_under_the_reference_is_409_and_nothing_happens(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    api.post("/v1/payments", body(acme), format="json")

    answer = api.post("/v1/payments", body(acme, amount=1), format="json")

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "reference_reused"
    assert [fault["field"] for fault in answer.json()["errors"]] == ["amount"]
    assert scheme.kinds() == ["pay"]


@pytest.mark.parametrize(
    ("languages", "sentence"),
    [
        ("", "The code has expired. Ask the customer to refresh it, then scan again."),
        ("fr, de;q=0.5", "The code has expired. Ask the customer to refresh it, then scan again."),
        ("zh-CN,en;q=0.8", "付款码已过期。请顾客刷新付款码后重新扫描。"),
        ("en;q=0.1, zh-HK;q=0.9", "付款碼已過期。請顧客更新付款碼後重新掃描。"),
        ("zh-Hant-TW", "付款碼已過期。請顧客更新付款碼後重新掃描。"),
    ],
)
def test_the_cashier_is_told_in_the_language_of_the_till(
    api: APIClient, acme: Person, scheme: FakeScheme, languages: str, sentence: str
) -> None:
    scheme.will("pay", DECLINED)

    answer = api.post("/v1/payments", body(acme), format="json", HTTP_ACCEPT_LANGUAGE=languages)

    assert answer.status_code == 201
    assert answer.json()["status"] == "failed"
    assert answer.json()["failure"] == {
        "code": "payment_code_expired",
        "message": "The payment code could not be read or has expired; codes live about a minute.",
        "cashier_message": sentence,
        "scheme_code": "SOUNDWAVE_PARSER_FAIL",
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"amount": 0}, "amount", "too_small"),
        ({"amount": -1}, "amount", "too_small"),
        ({"amount": "100"}, "amount", "not_an_integer"),
        ({"amount": 100.0}, "amount", "not_an_integer"),
        ({"amount": True}, "amount", "not_an_integer"),
        ({"amount": None}, "amount", "not_an_integer"),
        ({"amount": 10_000_000_001}, "amount", "too_large"),
        ({"amount": 100_000_001, "currency": "JPY"}, "amount", "amount_out_of_range"),
        ({"currency": "hkd"}, "currency", "unknown_currency"),
        ({"currency": "XXX"}, "currency", "unknown_currency"),
        ({"currency": "KWD"}, "currency", "unknown_currency"),
        ({"currency": "USD"}, "currency", "currency_not_enabled"),
        ({"payment_code": "281234567890123"}, "payment_code", "not_a_payment_code"),
        ({"payment_code": "2812345678901234567890123"}, "payment_code", "not_a_payment_code"),
        ({"payment_code": "241234567890123456"}, "payment_code", "not_a_payment_code"),
        ({"payment_code": 281234567890123456}, "payment_code", "not_a_string"),
        ({"merchant_reference": ""}, "merchant_reference", "too_short"),
        ({"merchant_reference": "x" * 65}, "merchant_reference", "too_long"),
        ({"merchant_reference": "a\x00b"}, "merchant_reference", "control_character"),
        ({"store": "str_nonsense"}, "store", "not_an_id"),
        ({"store": "str_01h455vb4pex5vsknk084sn02q"}, "store", "unknown"),
        ({"timeout_seconds": 9}, "timeout_seconds", "too_small"),
        ({"timeout_seconds": 181}, "timeout_seconds", "too_large"),
        ({"metadata": {"a": 1}}, "metadata.a", "not_a_string"),
        ({"items": [{"name": "Tea"}]}, "items.0.quantity", "required"),
        ({"tip": 100}, "tip", "unknown_field"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_stored_or_sent(
    api: APIClient,
    acme: Person,
    scheme: FakeScheme,
    changes: dict[str, Any],
    field: str,
    code: str,
) -> None:
    answer = api.post("/v1/payments", body(acme, **changes), format="json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_request"
    assert (field, code) in [(each["field"], each["code"]) for each in problem["errors"]]
    assert "281234567890123" not in str(problem)
    assert scheme.calls == []
    with platform_scope():
        assert not Payment.objects.exists()
        assert not Attempt.objects.exists()


@pytest.mark.parametrize(("asked", "seconds"), [(None, 30), (10, 10), (180, 180)])
def test_the_deadline_is_the_requests_or_the_merchants(
    api: APIClient, acme: Person, scheme: FakeScheme, asked: int | None, seconds: int
) -> None:
    scheme.will("pay", SILENCE)
    changes = {} if asked is None else {"timeout_seconds": asked}

    api.post("/v1/payments", body(acme, **changes), format="json", **NOW)

    with platform_scope():
        payment = Payment.objects.get()
    assert payment.expires_at - payment.created_at == timedelta(seconds=seconds)


def test_a_cancel_is_200_and_the_cancelled_payment(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("cancel", CLOSED_BY_CANCEL)
    payment = api.post("/v1/payments", body(acme), format="json", **NOW).json()

    answer = api.post(f"/v1/payments/{payment['id']}/cancel", **NOW)

    assert answer.status_code == 200
    assert answer.json()["status"] == "canceled"
    assert answer.json()["failure"]["code"] == "canceled_by_merchant"


def test_the_list_is_newest_first_in_pages(
    api: APIClient, acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    for number in range(5):
        clock.advance(1)
        api.post("/v1/payments", body(acme, merchant_reference=f"R{number}"), format="json")

    first = api.get("/v1/payments", {"limit": 3}).json()
    second = api.get("/v1/payments", {"limit": 3, "cursor": first["next_cursor"]}).json()

    assert [each["merchant_reference"] for each in first["data"]] == ["R4", "R3", "R2"]
    assert [each["merchant_reference"] for each in second["data"]] == ["R1", "R0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({"status": "succeeded"}, ["PAID"]),
        ({"status": "processing"}, ["DOUBT"]),
        ({"status": "canceled"}, []),
        ({"merchant_reference": "DOUBT"}, ["DOUBT"]),
        ({"created_gte": "2026-11-22T06:30:06Z"}, ["DOUBT"]),
        ({"created_lt": "2026-11-22T06:30:06Z"}, ["PAID"]),
        ({"created_lt": "2026-11-22T14:30:06+08:00"}, ["PAID"]),
    ],
)
def test_the_list_is_filtered(
    api: APIClient,
    acme: Person,
    scheme: FakeScheme,
    clock: ManualClock,
    query: dict[str, str],
    references: list[str],
) -> None:
    scheme.will("pay", PAID, SILENCE)
    for reference in ("PAID", "DOUBT"):
        api.post("/v1/payments", body(acme, merchant_reference=reference), format="json", **NOW)
        clock.advance(1)

    found = api.get("/v1/payments", query).json()["data"]

    assert [each["merchant_reference"] for each in found] == references


def test_a_rival_and_an_outsider_see_none_of_it_and_move_none_of_it(
    api: APIClient, acme: Person, rival: Person, outsider: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = api.post("/v1/payments", body(acme), format="json").json()
    address = f"/v1/payments/{payment['id']}"

    for stranger in (rival.client(), outsider.client()):
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{address}/cancel").status_code == 404
        assert stranger.post(f"{address}/refunds", {"amount": 1}, format="json").status_code == 404
        assert stranger.get("/v1/payments").json()["data"] == []
        assert stranger.get("/v1/refunds").json()["data"] == []

    assert api.get(address).json() == payment
    assert scheme.kinds() == ["pay"]


def test_a_live_key_does_not_see_what_a_test_key_did(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = api.post("/v1/payments", body(acme), format="json").json()
    live = client_with(ApiKeyFactory(merchant=acme.merchant, livemode=True).text)

    assert live.get(f"/v1/payments/{payment['id']}").status_code == 404
    assert live.get("/v1/payments").json()["data"] == []


def test_a_key_of_one_store_sells_and_sees_there_only(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    other = StoreFactory(merchant=acme.merchant)
    bound = client_with(ApiKeyFactory(merchant=acme.merchant, store=other).text)
    payment = api.post("/v1/payments", body(acme), format="json").json()

    refused = bound.post("/v1/payments", body(acme, merchant_reference="R2"), format="json")
    sold = bound.post(
        "/v1/payments",
        body(acme, merchant_reference="R3", store=other.public_id),
        format="json",
    )

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "store"
    assert sold.status_code == 201
    assert bound.get(f"/v1/payments/{payment['id']}").status_code == 404
    assert [each["id"] for each in bound.get("/v1/payments").json()["data"]] == [sold.json()["id"]]


def test_a_key_of_one_terminal_sells_and_sees_there_only(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    key = ApiKeyFactory(merchant=acme.merchant, store=acme.store, terminal=acme.terminal)
    bound = client_with(key.text)
    other = TerminalFactory(store=acme.store)
    elsewhere = api.post("/v1/payments", body(acme, terminal=other.public_id), format="json").json()

    refused = bound.post(
        "/v1/payments",
        body(acme, merchant_reference="R2", terminal=other.public_id),
        format="json",
    )
    said = body(acme, merchant_reference="R3", terminal=acme.terminal.public_id)
    unsaid = {name: value for name, value in said.items() if name != "terminal"}
    sold = bound.post("/v1/payments", unsaid, format="json")
    again = bound.post("/v1/payments", said, format="json")

    assert refused.status_code == 400
    assert [fault["field"] for fault in refused.json()["errors"]] == ["terminal"]
    assert sold.status_code == 201
    assert sold.json()["terminal"] == acme.terminal.public_id
    assert (again.status_code, again.json()["id"]) == (200, sold.json()["id"])
    assert bound.get(f"/v1/payments/{elsewhere['id']}").status_code == 404
    assert (
        bound.post(f"/v1/payments/{elsewhere['id']}/refunds", {}, format="json").status_code == 404
    )
    assert (
        bound.post(f"/v1/payments/{elsewhere['id']}/cancel", {}, format="json").status_code == 404
    )
    assert [each["id"] for each in bound.get("/v1/payments").json()["data"]] == [sold.json()["id"]]
    with tenant_scope(acme.acquirer.pk):
        assert Payment.objects.filter(merchant_reference="R2").count() == 0


def test_two_terminals_with_the_same_idempotency_key_never_see_each_others_payment(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    tills = [acme.terminal, TerminalFactory(store=acme.store)]
    one, two = [
        client_with(ApiKeyFactory(merchant=acme.merchant, store=acme.store, terminal=till).text)
        for till in tills
    ]
    asked = {name: value for name, value in body(acme).items() if name != "terminal"}

    first = one.post("/v1/payments", asked, format="json", headers={"Idempotency-Key": "sale-1"})
    second = two.post("/v1/payments", asked, format="json", headers={"Idempotency-Key": "sale-1"})

    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_reused")
    assert first.json()["id"] not in second.content.decode()
    with tenant_scope(acme.acquirer.pk):
        assert Payment.objects.count() == 1


def test_refunds_of_another_terminal_are_hidden(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    key = ApiKeyFactory(merchant=acme.merchant, store=acme.store, terminal=acme.terminal)
    other = TerminalFactory(store=acme.store)
    ids = {}
    for till in (acme.terminal, other):
        asked = body(acme, merchant_reference=till.name + till.public_id, terminal=till.public_id)
        payment = api.post("/v1/payments", asked, format="json").json()
        refund = api.post(f"/v1/payments/{payment['id']}/refunds", {"amount": 1}, format="json")
        ids[till] = refund.json()["id"]

    seen = client_with(key.text).get("/v1/refunds").json()["data"]

    assert [each["id"] for each in seen] == [ids[acme.terminal]]
    assert client_with(key.text).get(f"/v1/refunds/{ids[other]}").status_code == 404


def test_a_key_without_the_scope_is_told_which_one_it_lacks(
    acme: Person, scheme: FakeScheme
) -> None:
    reader = client_with(ApiKeyFactory(merchant=acme.merchant, scopes=["payments:read"]).text)

    answer = reader.post("/v1/payments", body(acme), format="json")

    assert answer.status_code == 403
    assert answer.json()["code"] == "missing_scope"
    assert "payments:write" in answer.json()["detail"]
    assert scheme.calls == []
