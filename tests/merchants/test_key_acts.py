"""Buttons at keys and partner accounts: roll, revoke, issue to an acquirer's system, test."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import AcquirerKey, ApiKey
from tenancy.models import Acquirer
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.merchants import AcquirerKeyFactory
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    def enter(role: Role, acquirer: Acquirer | None) -> Client:
        client = Client()
        assert client.login(
            username=StaffFactory(role=role, acquirer=acquirer).email, password=PASSWORD
        )
        return client

    return enter


def act(model: str, row: object, name: str) -> str:
    return reverse(f"admin:merchants_{model}_act", args=[row.pk, name])  # type: ignore[attr-defined]


def test_a_rolled_key_is_shown_once_and_both_work_for_a_while(
    acme: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)

    answer = client.post(act("apikey", acme.key, "roll"), {"overlap_hours": "24"})

    (text,) = re.findall(r"tg_test_[0-9A-Za-z]{40}", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert acme.client().get("/v1/stores").status_code == 200
    assert client_with(text).get("/v1/stores").status_code == 200
    with platform_scope():
        assert ApiKey.objects.get(replaces=acme.key).lookup == text[8:16]
    again = client.post(act("apikey", acme.key, "roll"), {"overlap_hours": "24"})
    assert again.status_code == 400
    assert "replaces this key already" in again.content.decode()


def test_a_key_is_revoked_by_its_button(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    assert client.post(act("apikey", acme.key, "revoke")).status_code == 302

    assert acme.client().get("/v1/stores").status_code == 401


@pytest.mark.parametrize("name", ["roll", "revoke"])
def test_neither_a_lower_role_nor_another_acquirer_touches_a_key(
    acme: Person, outsider: Person, sign_in: SignIn, name: str
) -> None:
    sent = {"overlap_hours": "0"}
    support = sign_in(Role.AUDITOR, acme.acquirer).post(act("apikey", acme.key, name), sent)
    stranger = sign_in(Role.OWNER, outsider.acquirer).post(act("apikey", acme.key, name), sent)

    assert (support.status_code, stranger.status_code) == (403, 404)
    with platform_scope():
        assert ApiKey.objects.count() == 2
    assert acme.client().get("/v1/stores").status_code == 200


def test_an_owner_issues_an_acquirer_key_and_revokes_it(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    form = {"label": "Onboarding", "scopes": ["merchants:read"]}

    answer = client.post(reverse("admin:merchants_acquirerkey_add"), form)

    (text,) = re.findall(r"tg_acquirer_[0-9A-Za-z]{40}", answer.content.decode())
    assert client_with(text).get("/v1/merchants").status_code == 200
    with platform_scope():
        key = AcquirerKey.objects.get(label="Onboarding")
    assert key.acquirer_id == acme.acquirer.pk
    client.post(act("acquirerkey", key, "revoke"))
    assert client_with(text).get("/v1/merchants").status_code == 401


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.FINANCE, Role.SUPPORT, Role.AUDITOR])
def test_nobody_below_an_owner_issues_or_revokes_acquirer_keys(
    acme: Person, sign_in: SignIn, role: Role
) -> None:
    key = AcquirerKeyFactory(acquirer=acme.acquirer)
    client = sign_in(role, acme.acquirer)

    assert client.get(reverse("admin:merchants_acquirerkey_add")).status_code == 403
    assert client.post(act("acquirerkey", key, "revoke")).status_code == 403
    assert client_with(key.text).get("/v1/merchants").status_code == 200


def test_a_connection_is_tested_by_its_button_and_the_trouble_is_said(
    acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    where = act("partneraccount", acme.partner_account, "test")

    shown = client.post(where, follow=True).content.decode()

    assert "No answer: could not connect." in shown
    assert sign_in(Role.OPERATIONS, acme.acquirer).post(where).status_code == 403
    assert sign_in(Role.OWNER, outsider.acquirer).post(where).status_code == 404
