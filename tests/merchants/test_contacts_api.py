"""/v1/merchants/{id}/contacts: an acquirer's own system keeps whom to call."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from merchants.models import Contact
from merchants.services.contacts import CONTACTS_LIMIT
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import AcquirerKeyFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db

MEI = {"contact_name": "Mei Wong", "email": "mei@tea.example", "phone": "+852 2123 4567"}


@pytest.fixture
def isv(acme: Person) -> APIClient:
    return client_with(AcquirerKeyFactory(acquirer=acme.acquirer).text)


def of(person: Person) -> str:
    return f"/v1/merchants/{person.merchant.public_id}/contacts"


def kept(person: Person) -> list[tuple[str, str, str]]:
    with tenant_scope(person.acquirer.id):
        rows = Contact.objects.filter(merchant=person.merchant).order_by("id")
        return list(rows.values_list("role", "contact_name", "email"))


def make(person: Person) -> Contact:
    with platform_scope():
        return Contact.objects.create(acquirer=person.acquirer, merchant=person.merchant, **MEI)


def test_a_contact_is_added_corrected_and_taken_away(isv: APIClient, acme: Person) -> None:
    added = isv.post(of(acme), MEI | {"role": "finance"}, format="json")
    one = f"{of(acme)}/{added.json()['id']}"

    assert added.status_code == 201
    assert kept(acme) == [("finance", "Mei Wong", "mei@tea.example")]
    changed = isv.patch(one, {"email": "mei@peak.example"}, format="json")
    assert (changed.status_code, changed.json()["email"]) == (200, "mei@peak.example")
    assert isv.get(of(acme)).json()["data"] == [changed.json()]
    assert isv.delete(one).status_code == 204
    assert (kept(acme), isv.delete(one).status_code) == ([], 404)
    with platform_scope():
        actions = AuditEntry.objects.filter(table="merchants_contact").order_by("id")
        assert list(actions.values_list("action", flat=True)) == ["insert", "update", "delete"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "mei"}, "email"),
        ({"phone": "21234567"}, "phone"),
        ({"role": "owner"}, "role"),
        ({"contact_name": ""}, "contact_name"),
        ({"fax": "1"}, "fax"),
    ],
)
def test_a_fault_is_named_and_nothing_is_kept(
    isv: APIClient, acme: Person, wrong: dict[str, Any], field: str
) -> None:
    answer = isv.post(of(acme), MEI | wrong, format="json")

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert kept(acme) == []


@pytest.mark.parametrize("stranger", ["outsider", "rival"])
def test_anothers_contact_is_not_there(
    isv: APIClient, acme: Person, stranger: str, request: pytest.FixtureRequest
) -> None:
    other: Person = request.getfixturevalue(stranger)
    row = make(other)
    mixed = f"{of(acme)}/{row.public_id}"

    assert isv.get(of(acme)).json()["data"] == []
    assert isv.patch(mixed, {"email": "me@evil.example"}, format="json").status_code == 404
    assert isv.delete(mixed).status_code == 404
    assert kept(other) == [("business", "Mei Wong", "mei@tea.example")]


def test_another_acquirers_merchant_has_no_contacts(isv: APIClient, outsider: Person) -> None:
    make(outsider)

    answers = [isv.get(of(outsider)), isv.post(of(outsider), MEI, format="json")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(kept(outsider)) == 1


def test_a_merchant_has_so_many_at_most(isv: APIClient, acme: Person) -> None:
    for _ in range(CONTACTS_LIMIT):
        make(acme)

    answer = isv.post(of(acme), MEI, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_contacts")
    assert len(kept(acme)) == CONTACTS_LIMIT
