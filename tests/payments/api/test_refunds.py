"""``/v1/payments/{id}/refunds`` and ``/v1/refunds``."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from merchants.services.refund_pins import set_refund_pin
from merchants.state import TILL_SCOPES
from payments.models import Refund
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import ApiKeyFactory
from tests.fakes import PAID, REFUND_REFUSED, REFUNDED, SILENCE, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(api: APIClient, acme: Person, scheme: FakeScheme) -> dict[str, Any]:
    """A paid payment as the API shows it."""
    scheme.will("pay", PAID)
    shown: dict[str, Any] = api.post("/v1/payments", body(acme), format="json").json()
    return shown


def test_a_refund_is_201_and_the_payment_shows_it(
    api: APIClient, payment: dict[str, Any], scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED)

    answer = api.post(
        f"/v1/payments/{payment['id']}/refunds",
        {"amount": 50, "merchant_refund_reference": "R1", "reason": "cold tea"},
        format="json",
    )

    assert answer.status_code == 201
    shown = answer.json()
    assert shown.pop("id").startswith("rfd_01")
    assert shown == {
        "object": "refund",
        "livemode": False,
        "status": "succeeded",
        "amount": 50,
        "reduction": 0,
        "currency": "HKD",
        "payment": payment["id"],
        "merchant_refund_reference": "R1",
        "reason": "cold tea",
        "failure": None,
        "created_at": "2026-11-22T06:30:05.000Z",
        "completed_at": "2026-11-22T06:30:05.000Z",
    }
    assert api.get(f"/v1/payments/{payment['id']}").json()["amount_refunded"] == 50


def test_no_body_refunds_all_that_is_left(
    api: APIClient, payment: dict[str, Any], scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED)

    answer = api.post(f"/v1/payments/{payment['id']}/refunds")

    assert (answer.status_code, answer.json()["amount"]) == (201, 12050)


def test_a_refund_in_doubt_is_202_and_can_be_read(
    api: APIClient, payment: dict[str, Any], scheme: FakeScheme
) -> None:
    scheme.will("refund", SILENCE)

    answer = api.post(f"/v1/payments/{payment['id']}/refunds", **NOW)

    assert answer.status_code == 202
    assert answer["Location"] == f"/v1/refunds/{answer.json()['id']}"
    assert api.get(answer["Location"]).json() == answer.json()


def test_a_refused_refund_says_why_and_the_payment_stays_whole(
    api: APIClient, payment: dict[str, Any], scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUND_REFUSED)

    answer = api.post(f"/v1/payments/{payment['id']}/refunds", {"amount": 50}, format="json")

    assert answer.status_code == 201
    assert answer.json()["status"] == "failed"
    assert answer.json()["failure"]["code"] == "refund_amount_exceeded"
    assert api.get(f"/v1/payments/{payment['id']}").json()["amount_refunded"] == 0


def test_too_much_is_409_with_what_is_left(
    api: APIClient, payment: dict[str, Any], scheme: FakeScheme
) -> None:
    answer = api.post(f"/v1/payments/{payment['id']}/refunds", {"amount": 12051}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "refund_exceeds_payment")
    assert "12050" in answer.json()["detail"]
    assert scheme.asked("refund") == []
    with platform_scope():
        assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": "50"}, "amount"),
        ({"currency": "HKD"}, "currency"),
        ({"reason": "x" * 129}, "reason"),
        ({"merchant_refund_reference": ""}, "merchant_refund_reference"),
    ],
)
def test_a_bad_field_is_named_and_nothing_moves(
    api: APIClient,
    payment: dict[str, Any],
    scheme: FakeScheme,
    changes: dict[str, Any],
    field: str,
) -> None:
    answer = api.post(f"/v1/payments/{payment['id']}/refunds", changes, format="json")

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert scheme.asked("refund") == []


def test_the_list_is_the_merchants_own_and_filtered(
    api: APIClient, payment: dict[str, Any], rival: Person, scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED, REFUND_REFUSED)
    for reference in ("R1", "R2"):
        api.post(
            f"/v1/payments/{payment['id']}/refunds",
            {"amount": 50, "merchant_refund_reference": reference},
            format="json",
        )

    def references(query: dict[str, str]) -> list[str]:
        found = api.get("/v1/refunds", query).json()["data"]
        return [each["merchant_refund_reference"] for each in found]

    assert references({}) == ["R2", "R1"]
    assert references({"status": "failed"}) == ["R2"]
    assert references({"merchant_refund_reference": "R1"}) == ["R1"]
    assert references({"payment": payment["id"]}) == ["R2", "R1"]
    assert rival.client().get("/v1/refunds").json()["data"] == []


def test_a_paired_till_refunds_with_the_terminals_pin_alone(
    acme: Person, scheme: FakeScheme
) -> None:
    key = ApiKeyFactory(
        merchant=acme.merchant, store=acme.store, terminal=acme.terminal, scopes=list(TILL_SCOPES)
    )
    with tenant_scope(acme.acquirer.id):
        set_refund_pin(acme.terminal, "480173")
    till = client_with(key.text)
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    sold = body(acme, terminal=acme.terminal.public_id)
    address = f"/v1/payments/{till.post('/v1/payments', sold, format='json').json()['id']}/refunds"

    refused = [till.post(address), till.post(address, headers={"Refund-Pin": "480174"})]
    with platform_scope():
        assert not Refund.objects.exists()
    given = till.post(address, headers={"Refund-Pin": "480173"})

    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (403, "refund_pin_wrong")
    ] * 2
    assert (given.status_code, given.json()["status"]) == (201, "succeeded")
    assert scheme.kinds().count("refund") == 1
