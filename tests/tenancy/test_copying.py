"""What people hand on has a button that copies it; a secret has none."""

import pytest
from django.test import Client
from django.urls import reverse

from tenancy.copying import COPIED, with_copy
from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db


def page_of(person: Person, name: str, row: object) -> str:
    client = Client()
    staff = StaffFactory(role=Role.OWNER, acquirer=person.acquirer)
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    address = reverse(f"admin:merchants_{name}_change", args=[row.pk])  # type: ignore[attr-defined]
    return client.get(address).content.decode()


def test_an_id_stands_before_a_button_that_says_what_it_copies(acme: Person) -> None:
    page = page_of(acme, "terminal", acme.terminal)

    assert page.count("data-copies-before") == 1
    assert acme.terminal.public_id in page
    assert 'aria-label="Copy: public id"' in page.replace("Public", "public")
    assert "console/copy.js" in page


def test_the_public_half_of_a_key_is_copied_and_no_secret(acme: Person) -> None:
    page = page_of(acme, "apikey", acme.key)

    assert page.count("data-copies-before") == 2  # its id, and how it begins
    assert acme.key_text not in page
    assert not COPIED & {"digest", "private_key", "md5_key", "secret", "number"}


def test_what_is_copied_cannot_be_markup() -> None:
    made = with_copy("<b>", of='"x')

    assert "&lt;b&gt;" in made
    assert 'aria-label="Copy: &quot;x"' in made


def test_what_an_operator_types_at_alipay_is_copied(acme: Person) -> None:
    page = page_of(acme, "partneraccount", acme.partner_account)

    # Our public key, the next one, and where Alipay notifies us.
    assert page.count("data-copies-before") == 3
