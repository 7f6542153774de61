"""Where no view answers: a person gets a page that says what to do, a program the document."""

import json

import pytest
from django.contrib import admin
from django.test import Client
from rest_framework.test import APIClient

from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html,application/xhtml+xml"}


def signed_in(person: Person, **kwargs: bool) -> Client:
    client = Client(**kwargs)
    client.force_login(StaffFactory(acquirer=person.acquirer, role=Role.SUPPORT))
    return client


def test_a_page_that_a_role_does_not_have_says_so(acme: Person) -> None:
    answer = signed_in(acme).get("/admin/loyalty/campaign/add/", headers=HTML)

    assert (answer.status_code, answer["content-type"]) == (403, "text/html; charset=utf-8")
    shown = answer.content.decode()
    assert "<h1>Not for your role</h1>" in shown
    assert '<a href="/admin/">' in shown
    assert answer["X-Request-Id"] in shown


def test_an_address_that_is_none_says_so_in_the_persons_language(acme: Person) -> None:
    answer = signed_in(acme).get("/admin/nothing/", headers=HTML | {"accept-language": "zh-Hant"})

    assert answer.status_code == 404
    assert '<html lang="zh-hant">' in answer.content.decode()
    assert "<h1>沒有這個頁面</h1>" in answer.content.decode()


def test_a_form_that_was_open_for_too_long_says_that_nothing_was_changed(acme: Person) -> None:
    client = signed_in(acme, enforce_csrf_checks=True)

    answer = client.post("/account/language/", {"language": "zh-hant"}, headers=HTML)

    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


def test_a_fault_of_ours_shows_a_number_to_quote_and_nothing_of_it(
    acme: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(admin.site, "each_context", fail)
    client = signed_in(acme, raise_request_exception=False)

    answer = client.get("/admin/", headers=HTML)

    assert answer.status_code == 500
    assert "<h1>Something went wrong here</h1>" in answer.content.decode()
    assert answer["X-Request-Id"] in answer.content.decode()
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/v1/nothing", HTML),
        ("/nothing", HTML),
        ("/admin/nothing/", {"accept": "application/json"}),
    ],
)
def test_a_program_gets_the_document(address: str, headers: dict[str, str], acme: Person) -> None:
    answer = signed_in(acme).get(address, headers=headers)

    assert (answer.status_code, answer["content-type"]) == (404, "application/problem+json")
    assert json.loads(answer.content)["code"] == "not_found"


def test_a_foreign_host_is_refused_to_both(api: APIClient) -> None:
    page = Client().get("/admin/", headers=HTML | {"host": "evil.example"})
    document = api.get("/v1/payments", headers={"host": "evil.example"})

    assert (page.status_code, document.status_code) == (400, 400)
    assert "<h1>This cannot be read</h1>" in page.content.decode()
    assert document.json()["code"] == "bad_request"
