"""Payments in the admin: staff see their acquirer's, and nobody edits."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import Payment
from tenancy.models import Staff
from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.fakes import PAID, FakeScheme
from tests.people import Person

pytestmark = pytest.mark.django_db


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def page(pay: Callable[..., Payment], scheme: FakeScheme) -> str:
    scheme.will("pay", PAID)
    return reverse("admin:payments_payment_change", args=[pay().id])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_staff_of_the_acquirer_see_the_payment_with_its_history_and_cannot_edit(
    acme: Person, page: str, role: Role
) -> None:
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=role))

    shown = client.get(page)

    assert shown.status_code == 200
    text = shown.content.decode()
    assert "T1-0042" in text
    assert "processing" in text
    assert "2812••••••••••••56" in text
    assert "payment_code_digest" not in text
    assert client.post(page, {"status": "failed"}).status_code == 403


def test_staff_of_another_acquirer_do_not_find_it(outsider: Person, page: str) -> None:
    client = signed_in(StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER))

    assert client.get(page).status_code == 302  # to the index: it is not there
    listing = client.get(reverse("admin:payments_payment_changelist")).content.decode()
    assert "pay_01" not in listing


def test_a_payment_is_found_by_its_public_id_and_by_its_reference(acme: Person, page: str) -> None:
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT))
    listing = reverse("admin:payments_payment_changelist")

    for words, is_found in (("T1-0042", True), ("T1-0043", False)):
        found = client.get(listing, {"q": words}).content.decode()
        assert ("pay_01" in found) is is_found
