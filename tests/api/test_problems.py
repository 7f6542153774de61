"""Every refusal of the REST API is a problem document (RFC 9457) that says what to change."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ParseError
from rest_framework.test import APIClient

from api.parsers import StrictJSONParser
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


def order(person: Person, **changed: object) -> dict[str, object]:
    """A payment that would be taken if it reached the service."""
    return {
        "amount": 12050,
        "currency": "HKD",
        "payment_code": "281234567890123456",
        "merchant_reference": "T1-1",
        "store": person.store.public_id,
    } | changed


def post(client: APIClient, body: bytes | str, kind: str = "application/json") -> Any:
    return client.generic("POST", "/v1/payments", body, content_type=kind)


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is that problem in full, and nothing was stored."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.content)
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"] == f"urn:tillgate:problem:{code}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"].startswith("req_")
    assert problem["request_id"] == answer["X-Request-Id"]
    with platform_scope():
        assert not Payment.objects.exists()
    return problem


@pytest.mark.parametrize(
    "header",
    [
        "Bearer tg_test_short",
        "Bearer tg_test_" + "x" * 41,
        "Bearer " + "x" * 4000,
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "tg_test_" + "x" * 40,
        "Bearer tg_test_" + "é" * 40,
    ],
)
def test_what_is_no_api_key_is_refused(header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)

    answer = client.get("/v1/stores")

    assert_problem(answer, 401, "invalid_api_key")
    assert answer["WWW-Authenticate"] == 'Bearer realm="tillgate"'


def test_a_missing_key_is_told_apart_from_a_wrong_one() -> None:
    answer = APIClient().get("/v1/stores")

    assert_problem(answer, 401, "missing_api_key")
    assert answer["WWW-Authenticate"] == 'Bearer realm="tillgate"'


def test_a_key_is_checked_before_anything_is_read(acme: Person) -> None:
    assert_problem(post(client_with("tg_test_" + "x" * 40), b"{"), 401, "invalid_api_key")


def test_unknown_and_missing_fields_are_all_named_at_once(api: APIClient, acme: Person) -> None:
    body = order(acme, colour="red", amount="12050")
    del body["currency"]

    problem = assert_problem(post(api, json.dumps(body)), 400, "invalid_request")

    assert {(fault["field"], fault["code"]) for fault in problem["errors"]} == {
        ("colour", "unknown_field"),
        ("amount", "not_an_integer"),
        ("currency", "required"),
    }
    assert all(fault["message"] for fault in problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"12",
        b'{"amount": NaN}',
        b'{"amount": Infinity}',
        b'{"amount": -Infinity}',
        b'{"amount": 01}',
        b"{'amount': 1}",
        b'{"amount": 1,}',
        b'{"amount": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\xfa",
        b'{"description": "\x00"}',
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, api: APIClient) -> None:
    answer = post(api, body)

    assert_problem(answer, 400, "malformed_json" if body else "invalid_request")


def test_another_encoding_than_utf_8_is_refused(api: APIClient, acme: Person) -> None:
    body = json.dumps(order(acme)).encode("utf-16")

    assert_problem(post(api, body), 400, "malformed_json")


def test_a_body_shorter_than_its_length_is_refused() -> None:
    request = RequestFactory().post("/v1/payments", CONTENT_LENGTH="14")

    with pytest.raises(ParseError, match="shorter than its Content-Length"):
        StrictJSONParser().parse(BytesIO(b"{}"), parser_context={"request": request})


def test_a_length_above_the_limit_is_refused_unread(api: APIClient, acme: Person) -> None:
    body = json.dumps(order(acme)).encode()

    answer = api.generic(
        "POST", "/v1/payments", body, "application/json", CONTENT_LENGTH="99999999999"
    )

    assert_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize("store", [None, 5, True, ["str_01j"], {"id": 1}])
def test_an_id_of_another_type_is_refused(store: object, api: APIClient, acme: Person) -> None:
    problem = assert_problem(
        post(api, json.dumps(order(acme, store=store))), 400, "invalid_request"
    )

    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [
        ("store", "not_an_id")
    ]


def test_a_blank_reference_is_refused(api: APIClient, acme: Person) -> None:
    body = json.dumps(order(acme, merchant_reference="  "))

    problem = assert_problem(post(api, body), 400, "invalid_request")

    assert problem["errors"][0]["code"] == "blank"


@pytest.mark.parametrize(
    "address",
    ["/v1/payments?merchant_reference=%00", "/v1/refunds?merchant_refund_reference=a%00"],
)
def test_a_filter_that_no_row_can_hold_is_refused(address: str, api: APIClient) -> None:
    problem = assert_problem(api.get(address), 400, "invalid_request")

    assert problem["errors"][0]["code"] == "control_character"


def test_faults_are_named_up_to_a_limit(api: APIClient, acme: Person) -> None:
    body = json.dumps(order(acme) | {f"f{number}": 1 for number in range(100)})

    problem = assert_problem(post(api, body), 400, "invalid_request")

    assert len(problem["errors"]) == 50
    assert "f99" not in problem["detail"]


def test_a_name_that_stands_twice_is_refused(api: APIClient, acme: Person) -> None:
    whole = json.dumps(order(acme))

    problem = assert_problem(post(api, whole[:-1] + ', "amount": 1}'), 400, "malformed_json")

    assert "'amount'" in problem["detail"]


def test_a_name_that_stands_twice_deep_inside_is_refused(api: APIClient, acme: Person) -> None:
    whole = json.dumps(order(acme))
    metadata = ', "metadata": {"a": "1", "a": "2"}}'

    assert_problem(post(api, whole[:-1] + metadata), 400, "malformed_json")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_is_refused_and_not_followed(opening: bytes, api: APIClient) -> None:
    body = opening * (60_000 // len(opening))

    assert_problem(post(api, body), 400, "malformed_json")


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
def test_a_body_above_the_limit_is_refused(size: int, api: APIClient) -> None:
    body = b'{"description": "' + b"x" * (size - 19) + b'"}'

    assert_problem(post(api, body), 413, "body_too_large")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_a_body_of_another_kind_is_refused(kind: str, api: APIClient, acme: Person) -> None:
    answer = post(api, json.dumps(order(acme)), kind)

    assert "application/json" in assert_problem(answer, 415, "unsupported_media_type")["detail"]


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x7f", "\ud800", "\n"])
@pytest.mark.parametrize("field", ["description", "merchant_reference"])
def test_control_characters_are_refused_by_field(
    character: str, field: str, api: APIClient, acme: Person
) -> None:
    body = json.dumps(order(acme, **{field: f"tea{character}"}))

    problem = assert_problem(post(api, body), 400, "invalid_request")

    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [
        (field, "control_character")
    ]


def test_a_payment_code_is_never_said_back(api: APIClient, acme: Person) -> None:
    code = "991234567890123456"

    answer = post(api, json.dumps(order(acme, payment_code=code)))

    assert_problem(answer, 400, "invalid_request")
    assert code not in answer.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_does_not_exist_is_refused(method: str, api: APIClient) -> None:
    answer = api.generic(method, "/v1/stores")

    assert "GET" in assert_problem(answer, 405, "method_not_allowed")["detail"]
    assert answer["Allow"] == "GET, HEAD"


def test_head_is_get_without_the_body(api: APIClient) -> None:
    answer = api.head("/v1/stores")

    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize(
    "address",
    ["/v1/", "/v1/stores/", "/v1/tills", "/v2/stores", "/nothing", "/v1/stores%00", "/v1/%F0"],
)
def test_an_unknown_address_is_not_found(address: str, api: APIClient) -> None:
    assert_problem(api.get(address), 404, "not_found")


@pytest.mark.parametrize(
    "payment_id", ["1", "pay_", "pay_%00", "str_01jdb0000000000000000000000", "pay_" + "z" * 26]
)
def test_an_id_that_is_none_is_not_found(payment_id: str, api: APIClient) -> None:
    assert_problem(api.get(f"/v1/payments/{payment_id}"), 404, "not_found")


def test_a_fault_of_ours_says_nothing_but_the_id_to_quote(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the table of secrets is on fire")

    monkeypatch.setattr("merchants.selectors.list_stores", fail)

    answer = api.get("/v1/stores")

    assert_problem(answer, 500, "internal_error")
    assert "secrets" not in answer.content.decode()


def test_the_callers_request_id_is_not_taken_over(api: APIClient) -> None:
    answer = api.get("/v1/stores", HTTP_X_REQUEST_ID="req_chosen")

    assert answer["X-Request-Id"].startswith("req_0")


def test_an_answer_is_json_whatever_the_caller_accepts(api: APIClient) -> None:
    answer = api.get("/v1/stores", HTTP_ACCEPT="text/html")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
