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
    assert "Pay_" not in text  # an id keeps its small letter where it is the page's title
    assert "a.m." not in text
    assert "p.m." not in text
    assert client.post(page, {"status": "failed"}).status_code == 403


def test_staff_of_another_acquirer_do_not_find_it(outsider: Person, page: str) -> None:
    client = signed_in(StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER))

    assert client.get(page).status_code == 302  # to the index: it is not there
    listing = client.get(reverse("admin:payments_payment_changelist")).content.decode()
    assert "pay_01" not in listing


def test_a_payment_is_found_by_every_name_it_has_and_by_no_part_of_one(
    acme: Person, outsider: Person, pay: Callable[..., Payment], scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = pay()
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT))
    stranger = signed_in(StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER))
    listing = reverse("admin:payments_payment_changelist")
    names = [
        payment.public_id,
        payment.merchant_reference,
        payment.partner_trans_id,
        payment.scheme_transaction_id,
        f" {payment.merchant_reference} ",
    ]
    missing = ["T1-0043", "T1-004", "t1-0042", "pay_01", "none"]

    for words, finder, is_found in (
        *((name, client, True) for name in names),
        *((name, stranger, False) for name in names),
        *((name, client, False) for name in missing),
    ):
        found = finder.get(listing, {"q": words}).content.decode()
        assert (f"{payment.id}/change/" in found) is is_found, words


@pytest.mark.parametrize(
    ("days", "is_shown"),
    [
        ({}, True),
        ({"day_from": "2026-11-22", "day_to": "2026-11-22"}, True),
        ({"day_from": "2026-11-23"}, False),
        ({"day_to": "2026-11-21"}, False),
        ({"day_from": "nonsense"}, True),
        ({"status": "succeeded"}, True),
        ({"status": "processing"}, False),
        ({"status": "nonsense"}, False),
    ],
)
def test_a_list_is_narrowed_by_day_and_by_status(
    acme: Person, page: str, days: dict[str, str], is_shown: bool
) -> None:
    """The clock of the tests stands at 22 November 2026."""
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.FINANCE))

    shown = client.get(reverse("admin:payments_payment_changelist"), days).content.decode()

    assert ("pay_01" in shown) is is_shown


def test_the_list_names_the_store_below_its_merchant(
    acme: Person, outsider: Person, pay: Callable[..., Payment], scheme: FakeScheme
) -> None:
    """Two columns of names made it wider than a screen of 1280 pixels."""
    scheme.will("pay", PAID)
    pay()
    listing = reverse("admin:payments_payment_changelist")
    named = f"{acme.merchant}<br>{acme.store}"

    ours, theirs = (
        signed_in(StaffFactory(acquirer=person.acquirer, role=Role.SUPPORT)).get(listing)
        for person in (acme, outsider)
    )

    assert named in ours.content.decode()
    assert named not in theirs.content.decode()
