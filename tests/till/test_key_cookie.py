"""The till's key travels in a cookie that no script reads and no other site can use."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.people import Person
from till.views import POLICY

OURS = {"X-Tillgate-Till": "1"}


def keep(client: Client, content: Any, **headers: str) -> Any:
    address = reverse("till_key")
    return client.post(address, content, content_type="application/json", headers=headers or OURS)


@pytest.mark.django_db
def test_a_kept_key_is_sent_to_the_api_by_the_page_alone(acme: Person) -> None:
    till = Client()
    assert keep(till, {"key": acme.key_text}).status_code == 204

    assert till.get("/v1/stores", headers=OURS).status_code == 200
    assert till.get("/v1/stores").status_code == 401
    assert till.get("/v1/stores", headers={"X-Tillgate-Till": "0"}).status_code == 401


@pytest.mark.django_db
def test_a_key_that_is_named_wins_over_the_kept_one(acme: Person) -> None:
    till = Client()
    keep(till, {"key": acme.key_text})

    named = till.get("/v1/stores", headers=OURS | {"Authorization": "Bearer tg_test_nonsense"})

    assert named.status_code == 401


def test_the_cookie_is_out_of_scripts_reach_and_for_the_api_alone() -> None:
    cookie = keep(Client(), {"key": "tg_test_" + "x" * 40}).cookies["tillgate_till"]

    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/v1/")


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_sent_as_safely_as_the_sessions(settings: Any, secure: bool) -> None:
    settings.SESSION_COOKIE_SECURE = secure

    cookie = keep(Client(), {"key": "tg_live_" + "x" * 40}).cookies["tillgate_till"]

    assert bool(cookie["secure"]) is secure


@pytest.mark.parametrize(
    "content",
    ["", "[]", {}, {"key": 1}, {"key": "tg_test_short"}, {"key": "tg_acquirer_" + "x" * 40},
     {"key": "tg_test_" + "x" * 40 + "; Path=/"}, {"key": "x" * 2000}],
)  # fmt: skip
def test_what_is_no_key_of_a_merchant_is_not_kept(content: Any) -> None:
    answer = keep(Client(), content)

    assert answer.status_code == 400
    assert "tillgate_till" not in answer.cookies


def test_another_sites_page_can_neither_set_nor_end_a_key() -> None:
    client = Client(enforce_csrf_checks=True)
    content = {"key": "tg_test_" + "x" * 40}

    assert keep(client, content, Origin="https://elsewhere.example").status_code == 403
    assert client.delete(reverse("till_key")).status_code == 403


def test_unpairing_has_the_browser_forget_the_key() -> None:
    cookie = Client().delete(reverse("till_key"), headers=OURS).cookies["tillgate_till"]

    assert (cookie.value, cookie["path"], cookie["max-age"]) == ("", "/v1/", 0)


def test_the_page_runs_our_own_scripts_alone() -> None:
    page = Client().get("/till/")

    assert page["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    text = page.content.decode()
    assert "<style" not in text
    assert text.count("<script") == text.count('<script type="module" src="/static/till/') == 1
    assert "https://" not in text


def test_the_page_can_be_installed() -> None:
    manifest = Client().get("/till/manifest.webmanifest")

    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["scope"] == manifest.json()["start_url"] == "/till/"
