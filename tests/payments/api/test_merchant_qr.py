"""``POST /v1/payments`` with ``merchant_qr``: what an ECR that shows a code sends and gets."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from payments.models import Payment
from payments.services import background, wait
from tenancy.scope import platform_scope
from tests.fakes import (
    NOTHING_TO_CANCEL,
    PRESENTED,
    QR_CODE,
    SILENCE,
    FakeScheme,
)
from tests.people import Person

pytestmark = pytest.mark.django_db
NOW = {"HTTP_PREFER": "wait=0"}


def order(person: Person, **changes: Any) -> dict[str, Any]:
    content = {
        "mode": "merchant_qr",
        "amount": 12050,
        "currency": "HKD",
        "merchant_reference": "T1-0042",
        "store": person.store.public_id,
    }
    return content | changes


def test_the_till_gets_a_code_at_once_and_asks_for_the_end_later(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("present", PRESENTED)

    answer = api.post("/v1/payments", order(acme), format="json")

    shown = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"/v1/payments/{shown['id']}"
    assert answer["Retry-After"] == "3"
    assert (shown["status"], shown["mode"], shown["qr_code"]) == (
        "processing", "merchant_qr", QR_CODE,
    )  # fmt: skip
    assert (shown["payment_code"], shown["failure"], shown["completed_at"]) == (None, None, None)
    assert api.get(answer["Location"]).json() == shown


def test_a_repeat_shows_the_same_code(api: APIClient, acme: Person, scheme: FakeScheme) -> None:
    scheme.will("present", PRESENTED)
    first = api.post("/v1/payments", order(acme), format="json")

    again = api.post("/v1/payments", order(acme), format="json")

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert scheme.kinds() == ["present"]


def test_a_till_without_a_code_is_told_why(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("present", SILENCE)
    scheme.will("cancel", NOTHING_TO_CANCEL)
    made = api.post("/v1/payments", order(acme), format="json", **NOW).json()

    cancelled = api.post(f"/v1/payments/{made['id']}/cancel", format="json").json()

    assert (made["status"], made["qr_code"]) == ("processing", None)
    assert (cancelled["status"], cancelled["qr_code"]) == ("canceled", None)
    assert cancelled["failure"]["code"] == "scheme_unavailable"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payment_code": "281234567890123456"}, "not_allowed"),
        ({"mode": "payment_code"}, "required"),
    ],
)
def test_each_mode_has_its_own_code(
    api: APIClient, acme: Person, scheme: FakeScheme, changes: dict[str, str], code: str
) -> None:
    answer = api.post("/v1/payments", order(acme, **changes), format="json")

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("payment_code", code)
    ]
    assert scheme.kinds() == []
    with platform_scope():
        assert not Payment.objects.exists()


def test_a_mode_that_is_none_is_refused(api: APIClient, acme: Person, scheme: FakeScheme) -> None:
    answer = api.post("/v1/payments", order(acme, mode="nfc"), format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "mode"
    assert scheme.kinds() == []


def test_a_rival_sees_neither_the_payment_nor_its_code(
    api: APIClient, acme: Person, rival: Person, outsider: Person, scheme: FakeScheme
) -> None:
    scheme.will("present", PRESENTED)
    made = api.post("/v1/payments", order(acme), format="json").json()

    for stranger in (rival, outsider):
        client = stranger.client()
        assert client.get(f"/v1/payments/{made['id']}").status_code == 404
        assert client.get("/v1/payments").json()["data"] == []
        stopped = client.post(f"/v1/payments/{made['id']}/cancel", format="json")
        assert stopped.status_code == 404


def test_the_timeline_tells_the_mode_and_the_call(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("present", PRESENTED)
    made = api.post("/v1/payments", order(acme), format="json").json()

    story = api.get(f"/v1/payments/{made['id']}/timeline").json()["data"]

    assert story[0]["details"]["mode"] == "merchant_qr"
    assert story[1]["text"] == "present begun"


@pytest.mark.django_db(transaction=True)
def test_who_waits_is_woken_by_the_code_and_not_only_by_the_end(
    api: APIClient, acme: Person, scheme: FakeScheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call is made by another thread, and only once the till waits."""
    works: list[Callable[[], None]] = []
    threads: list[threading.Thread] = []
    waiting_for = wait.waiting_for

    def waiting_and_working(row_id: Any) -> Any:
        threads.extend(threading.Thread(target=work) for work in works)
        for thread in threads:
            thread.start()
        return waiting_for(row_id)

    monkeypatch.setattr(background, "start", works.append)
    monkeypatch.setattr(wait, "waiting_for", waiting_and_working)
    scheme.will("present", PRESENTED)

    answer = api.post("/v1/payments", order(acme), format="json", HTTP_PREFER="wait=30")
    for thread in threads:
        thread.join()

    assert (answer.status_code, answer.json()["qr_code"]) == (202, QR_CODE)
