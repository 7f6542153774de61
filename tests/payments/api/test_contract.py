"""The OpenAPI document: made from the code, complete, and served with its page."""

import json
from typing import Any

import pytest
from django.test import Client


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(Client().get("/v1/openapi.json").content)
    return parsed


def test_every_call_of_the_design_is_in_the_contract(document: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not path.startswith("/v1/merchants")  # an acquirer's own calls: tests/merchants
    }

    assert {name: operations[name] for name in sorted(operations) if "store" not in name} == {
        "create_pairing": ("post", "/v1/pairings"),
        "end_pairing": ("delete", "/v1/pairing"),
        "get_pairing": ("get", "/v1/pairing"),
        "cancel_payment": ("post", "/v1/payments/{payment_id}/cancel"),
        "create_payment": ("post", "/v1/payments"),
        "change_webhook_endpoint": ("patch", "/v1/webhook_endpoints/{endpoint_id}"),
        "create_webhook_endpoint": ("post", "/v1/webhook_endpoints"),
        "delete_webhook_endpoint": ("delete", "/v1/webhook_endpoints/{endpoint_id}"),
        "get_event": ("get", "/v1/events/{event_id}"),
        "get_webhook_endpoint": ("get", "/v1/webhook_endpoints/{endpoint_id}"),
        "list_events": ("get", "/v1/events"),
        "list_webhook_deliveries": ("get", "/v1/webhook_endpoints/{endpoint_id}/deliveries"),
        "list_webhook_endpoints": ("get", "/v1/webhook_endpoints"),
        "replay_webhooks": ("post", "/v1/webhook_endpoints/{endpoint_id}/replay"),
        "rotate_webhook_secret": ("post", "/v1/webhook_endpoints/{endpoint_id}/rotate_secret"),
        "test_webhook_endpoint": ("post", "/v1/webhook_endpoints/{endpoint_id}/test"),
        "create_refund": ("post", "/v1/payments/{payment_id}/refunds"),
        "get_payment": ("get", "/v1/payments/{payment_id}"),
        "get_payment_timeline": ("get", "/v1/payments/{payment_id}/timeline"),
        "create_member": ("post", "/v1/members"),
        "forget_member": ("post", "/v1/members/{member_id}/forget"),
        "get_join_link": ("get", "/v1/join_link"),
        "get_programme": ("get", "/v1/programme"),
        "get_member_card": ("get", "/v1/members/{member_id}/card/{picture}"),
        "get_member": ("get", "/v1/members/{member_id}"),
        "list_members": ("get", "/v1/members"),
        "list_points": ("get", "/v1/members/{member_id}/points"),
        "record_consent": ("post", "/v1/members/{member_id}/consents"),
        "get_status": ("get", "/v1/status"),
        "list_adjustments": ("get", "/v1/adjustments"),
        "get_settlement": ("get", "/v1/settlements/{settlement_id}"),
        "get_settlement_file": ("get", "/v1/settlements/{settlement_id}/files/{name}"),
        "list_settlement_files": ("get", "/v1/settlements/{settlement_id}/files"),
        "list_settlement_lines": ("get", "/v1/settlements/{settlement_id}/lines"),
        "list_settlements": ("get", "/v1/settlements"),
        "get_refund": ("get", "/v1/refunds/{refund_id}"),
        "list_payments": ("get", "/v1/payments"),
        "list_refunds": ("get", "/v1/refunds"),
        **{name: value for name, value in operations.items() if "terminal" in name},
    }
    assert {"/v1/stores", "/v1/terminals"} < set(document["paths"])


def test_a_request_shows_its_fields_limits_and_that_no_others_are_taken(
    document: dict[str, Any],
) -> None:
    schema = document["components"]["schemas"]["CreatePayment"]

    assert schema["required"] == [
        "amount", "currency", "merchant_reference", "store",
    ]  # fmt: skip
    assert schema["properties"]["mode"]["default"] == "payment_code"
    assert document["components"]["schemas"]["ModeEnum"]["enum"] == ["payment_code", "merchant_qr"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["amount"]["minimum"] == 1


def test_every_operation_wants_an_api_key_and_names_its_problems(
    document: dict[str, Any],
) -> None:
    for path, methods in document["paths"].items():
        key = "AcquirerKey" if path.startswith("/v1/merchants") else "ApiKey"
        for operation in methods.values():
            wanted = [{key: []}] if path != "/v1/pairings" else []  # who pairs has no key yet
            assert operation.get("security", []) == wanted
            assert {"400", "401", "403", "404"} <= set(operation["responses"])


def test_the_page_is_served_without_a_key() -> None:
    answer = Client().get("/docs")

    assert answer.status_code == 200
    assert b"/v1/openapi.json" in answer.content


def test_the_page_loads_nothing_from_elsewhere() -> None:
    page = Client().get("/docs").content.decode()

    assert "redoc.standalone.js" in page
    assert "//" not in page.replace('"/v1/openapi.json"', "").replace("</", "")
