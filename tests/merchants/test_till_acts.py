"""What staff do for a web till at its terminal's page: pair, unpair, set the PIN for refunds."""

import re

import pytest
from django.test import Client

from merchants.models import ApiKey, Pairing, RefundPin
from merchants.services.refund_pins import check_refund_pin
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db


def signed_in(person: Person, role: Role = Role.OPERATIONS) -> tuple[Client, Staff]:
    client, staff = Client(), StaffFactory(role=role, acquirer=person.acquirer)
    assert client.login(username=staff.email, password=PASSWORD)
    return client, staff


def act(person: Person, name: str) -> str:
    return f"/admin/merchants/terminal/{person.terminal.id}/act/{name}/"


def shown_code(page: str) -> str:
    """The code in its own element: ids of the page can look like one."""
    code = re.search(r'id="secret"[^>]*>([2-9A-Z]{4}-[2-9A-Z]{4})<', page)
    assert code is not None
    return code[1]


def test_staff_make_a_code_that_pairs_and_see_it_once(acme: Person) -> None:
    console, staff = signed_in(acme)

    page = console.post(act(acme, "pair"), {"mode": "test"}).content.decode()

    code = shown_code(page)
    assert "/till/" in page
    answer = Client().post("/v1/pairings", {"code": code}, content_type="application/json")
    assert answer.status_code == 201
    with platform_scope():
        assert ApiKey.objects.get(pairing__isnull=False).created_by == staff
    assert code not in console.get(act(acme, "pair")).content.decode()
    assert "not seen yet" in console.get(act(acme, "pair")).content.decode()


def test_staff_unpair_the_tills_of_a_terminal(acme: Person) -> None:
    console, staff = signed_in(acme)
    page = console.post(act(acme, "pair"), {"mode": "test"}).content.decode()
    code = shown_code(page)
    Client().post("/v1/pairings", {"code": code}, content_type="application/json")

    console.post(act(acme, "unpair"))

    with platform_scope():
        key = ApiKey.objects.get(pairing__isnull=False)
    assert not key.is_usable
    assert key.revoked_by == staff


def test_staff_set_the_pin_and_never_see_it(acme: Person) -> None:
    console, staff = signed_in(acme)

    refused = console.post(act(acme, "set-pin"), {"pin": "111111"})
    console.post(act(acme, "set-pin"), {"pin": "480173"})

    assert refused.status_code == 400
    with platform_scope():
        assert RefundPin.objects.get().set_by == staff
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        check_refund_pin(acme.terminal.id, "480173")
    page = console.get(f"/admin/merchants/terminal/{acme.terminal.id}/change/")
    assert "480173" not in page.content.decode()


@pytest.mark.parametrize("name", ["pair", "unpair", "set-pin"])
def test_who_may_not_issue_keys_pairs_nothing(acme: Person, outsider: Person, name: str) -> None:
    support, _ = signed_in(acme, Role.SUPPORT)
    stranger, _ = signed_in(outsider, Role.OWNER)

    answers = [
        client.post(act(acme, name), {"mode": "test", "pin": "480173"})
        for client in (support, stranger)
    ]

    assert [answer.status_code for answer in answers] == [403, 404]
    with platform_scope():
        assert not Pairing.objects.exists()
        assert not RefundPin.objects.exists()
