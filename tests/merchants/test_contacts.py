"""A merchant's contacts: written on its page, of its own acquirer, hidden from support."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import Contact
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.console import no_rows
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    staff = StaffFactory(acquirer=person.acquirer, role=role)
    assert client.login(username=staff.email, password=PASSWORD)
    return client


def page_of(person: Person) -> str:
    return reverse("admin:merchants_merchant_change", args=[person.merchant.pk])


def fields_of(client: Client, page: str) -> dict[str, Any]:
    form = client.get(page).context["adminform"].form
    return {name: value for name, value in form.initial.items() if name in form.fields and value}


def add(client: Client, person: Person, **contact: str) -> Any:
    rows = {f"contacts-0-{name}": value for name, value in contact.items()}
    page = page_of(person)
    return client.post(
        page, {**fields_of(client, page), **no_rows(), "contacts-TOTAL_FORMS": "1", **rows}
    )


GIVEN = {"role": "finance", "contact_name": "Mei Wong", "email": "mei@tea.example"}


def test_a_contact_is_added_on_the_merchants_page(acme: Person, outsider: Person) -> None:
    answer = add(signed_in(acme, Role.OPERATIONS), acme, **GIVEN, phone="+852 2123 4567")

    assert answer.status_code == 302
    with tenant_scope(acme.acquirer.id):
        row = Contact.objects.get()
    assert (row.merchant_id, row.acquirer_id) == (acme.merchant.id, acme.acquirer.id)
    assert (row.contact_name, row.phone) == ("Mei Wong", "+852 2123 4567")
    with tenant_scope(outsider.acquirer.id):
        assert not Contact.objects.exists()


@pytest.mark.parametrize("wrong", [{"phone": "21234567"}, {"email": "mei"}, {"contact_name": ""}])
def test_a_wrong_contact_is_refused(acme: Person, wrong: dict[str, str]) -> None:
    answer = add(signed_in(acme, Role.OPERATIONS), acme, **(GIVEN | wrong))

    assert answer.status_code == 200
    with platform_scope():
        assert not Contact.objects.exists()


def test_support_sees_the_end_and_changes_nothing(acme: Person) -> None:
    with platform_scope():
        Contact.objects.create(acquirer=acme.acquirer, merchant=acme.merchant, **GIVEN)
    client = signed_in(acme, Role.SUPPORT)

    shown = client.get(page_of(acme)).content.decode()

    assert "mei@tea.example" not in shown
    assert "••••le" in shown
    assert client.post(page_of(acme), {}).status_code == 403
