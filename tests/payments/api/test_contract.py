"""The OpenAPI document: made from the code, complete, and served with its page."""

import json
from typing import Any

import pytest
from django.test import Client

from api import contract

OF_ACQUIRERS = ("/v1/merchants", "/v1/journals", "/v1/launches", "/v1/code_orders")
CALLS = """
get    /v1/adjustments                                      list_adjustments
get    /v1/campaigns                                        list_campaigns
get    /v1/coupons                                          list_coupons
post   /v1/coupons                                          issue_coupon
get    /v1/coupons/{coupon_id}                              get_coupon
post   /v1/coupons/preview                                  preview_coupons
get    /v1/events                                           list_events
get    /v1/events/{event_id}                                get_event
get    /v1/fee_plan                                         get_fee_plan
get    /v1/insights/campaigns                               get_campaigns_insight
get    /v1/insights/categories                              get_categories_insight
get    /v1/insights/cohorts                                 get_cohorts_insight
get    /v1/insights/goods                                   get_goods_insight
get    /v1/insights/hours                                   get_hours_insight
get    /v1/insights/personas                                get_personas_insight
get    /v1/insights/places                                  get_places_insight
get    /v1/insights/returning                               get_returning_insight
get    /v1/insights/risks                                   get_risks_insight
get    /v1/insights/sales                                   get_sales_insight
get    /v1/insights/wallets                                 get_wallets_insight
get    /v1/join_link                                        get_join_link
get    /v1/members                                          list_members
post   /v1/members                                          create_member
get    /v1/members/{member_id}                              get_member
get    /v1/members/{member_id}/card/{picture}               get_member_card
post   /v1/members/{member_id}/consents                     record_consent
post   /v1/members/{member_id}/forget                       forget_member
get    /v1/members/{member_id}/points                       list_points
get    /v1/pairing                                          get_pairing
delete /v1/pairing                                          end_pairing
post   /v1/pairings                                         create_pairing
get    /v1/payments                                         list_payments
post   /v1/payments                                         create_payment
get    /v1/payments/{payment_id}                            get_payment
post   /v1/payments/{payment_id}/cancel                     cancel_payment
post   /v1/payments/{payment_id}/refunds                    create_refund
get    /v1/payments/{payment_id}/timeline                   get_payment_timeline
get    /v1/payouts                                          list_payouts
get    /v1/payouts/{payout_id}                              get_payout
get    /v1/products                                         list_products
post   /v1/products                                         put_product
get    /v1/products/{product_id}                            get_product
get    /v1/programme                                        get_programme
post   /v1/recommendations                                  create_recommendation
get    /v1/recommendations/uplift                           get_recommendation_uplift
get    /v1/refunds                                          list_refunds
get    /v1/refunds/{refund_id}                              get_refund
get    /v1/settlements                                      list_settlements
get    /v1/settlements/{settlement_id}                      get_settlement
get    /v1/settlements/{settlement_id}/files                list_settlement_files
get    /v1/settlements/{settlement_id}/files/{name}         get_settlement_file
get    /v1/settlements/{settlement_id}/lines                list_settlement_lines
get    /v1/status                                           get_status
get    /v1/stores                                           list_stores
get    /v1/terminals                                        list_terminals
get    /v1/webhook_endpoints                                list_webhook_endpoints
post   /v1/webhook_endpoints                                create_webhook_endpoint
get    /v1/webhook_endpoints/{endpoint_id}                  get_webhook_endpoint
patch  /v1/webhook_endpoints/{endpoint_id}                  change_webhook_endpoint
delete /v1/webhook_endpoints/{endpoint_id}                  delete_webhook_endpoint
get    /v1/webhook_endpoints/{endpoint_id}/deliveries       list_webhook_deliveries
post   /v1/webhook_endpoints/{endpoint_id}/replay           replay_webhooks
post   /v1/webhook_endpoints/{endpoint_id}/rotate_secret    rotate_webhook_secret
post   /v1/webhook_endpoints/{endpoint_id}/test             test_webhook_endpoint
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(Client().get("/v1/openapi.json").content)
    return parsed


def test_the_contract_is_the_one_that_the_code_prints() -> None:
    """Renew it with ``make docs``."""
    assert contract.FILE.read_text(encoding="utf-8") == contract.render()


def test_who_has_the_contract_already_is_not_sent_it_again() -> None:
    first = Client().get("/v1/openapi.json")

    again = Client().get("/v1/openapi.json", headers={"if-none-match": first.headers["ETag"]})

    assert first.content == contract.FILE.read_bytes()
    assert again.status_code == 304
    assert again.content == b""


def test_the_contract_has_every_call_of_a_merchants_key_and_no_other(
    document: dict[str, Any],
) -> None:
    operations = {
        (method, path, operation["operationId"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        # An acquirer's own calls: tests/merchants, tests/settlement, tests/portal.
        if not path.startswith(OF_ACQUIRERS)
    }

    assert operations == {tuple(line.split()) for line in CALLS.strip().splitlines()}


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
        key = "AcquirerKey" if path.startswith(OF_ACQUIRERS) else "ApiKey"
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
