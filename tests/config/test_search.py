"""The search over everything: any id, reference or name, of the own acquirer and role only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import Merchant
from payments.models import Notification, Payment
from payments.services.create import create_payment
from tenancy.models import Acquirer, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.fakes import PAID, FakeScheme
from tests.payments.conftest import order_of, principal_of, scheme  # noqa: F401 - a fixture
from tests.people import Person
from tests.tenancy.rows import make_row

pytestmark = pytest.mark.django_db
Found = list[tuple[str, str]]


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    def enter(role: Role, acquirer: Acquirer | None) -> Client:
        client = Client()
        staff = StaffFactory(role=role, acquirer=acquirer)
        assert client.login(username=staff.email, password=PASSWORD)
        return client

    return enter


def look(client: Client, term: str) -> Found:
    """Title and kind of each result."""
    answer = client.get(reverse("admin:search"), {"s": term, "extended": "1"})
    assert answer.status_code == 200
    results = answer.context["results"] if answer.context else []
    return [(each.title, each.description.split(",")[0]) for each in results]


@pytest.fixture
def paid(acme: Person, scheme: FakeScheme) -> Payment:  # noqa: F811
    scheme.will("pay", PAID)
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        order = order_of(acme, merchant_reference="Order-17/A")
        return create_payment(principal_of(acme), order).payment


@pytest.mark.parametrize(
    "term",
    [
        lambda it: it.public_id,
        lambda it: f"  {it.public_id} ",
        lambda it: it.merchant_reference,
        lambda it: it.partner_trans_id,
        lambda it: "2026112222001400990000000042",
    ],
)
def test_a_payment_is_found_by_each_of_its_names_and_only_by_its_own_acquirer(
    paid: Payment, acme: Person, outsider: Person, sign_in: Any, term: Any
) -> None:
    ours = look(sign_in(Role.OPERATIONS, acme.acquirer), term(paid))
    theirs = look(sign_in(Role.OWNER, outsider.acquirer), term(paid))
    everybodys = look(sign_in(Role.OPERATOR, None), term(paid))

    assert ours[0] == everybodys[0] == (paid.public_id, "Payment")
    assert theirs == []


def test_a_result_tells_amount_and_status(paid: Payment, acme: Person, sign_in: Any) -> None:
    client = sign_in(Role.SUPPORT, acme.acquirer)

    answer = client.get(reverse("admin:search"), {"s": paid.public_id, "extended": "1"})

    (result,) = answer.context["results"]
    assert result.description == "Payment, HKD 120.50, succeeded"
    assert result.link == reverse("admin:payments_payment_change", args=[paid.pk])


def test_merchants_and_stores_are_found_by_a_part_of_their_names(
    acme: Person, outsider: Person, sign_in: Any
) -> None:
    found = look(sign_in(Role.OPERATIONS, acme.acquirer), "harbour")

    assert ("Harbour Tea", "Merchant") in found
    assert ("Harbour Tea Central", "Store") in found
    assert len([each for each in found if each[1] == "Merchant"]) == 1


def test_a_notification_is_found_by_alipays_id_where_the_role_may_see_it(
    acme: Person, sign_in: Any
) -> None:
    row = make_row(Notification, acme)
    with platform_scope():
        Notification.objects.filter(pk=row.pk).update(notify_id="notify-42")

    owner = look(sign_in(Role.OWNER, acme.acquirer), "notify-42")
    support = look(sign_in(Role.SUPPORT, acme.acquirer), "notify-42")

    assert [kind for _, kind in owner] == ["Notification"]
    assert support == []


@pytest.mark.parametrize("term", ["pay_nonsense", "no such thing", "' OR 1=1 --", "x" * 5000, "%"])
def test_what_is_nowhere_is_not_found_and_breaks_nothing(
    paid: Payment, acme: Person, sign_in: Any, term: str
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    assert [each for each in look(client, term) if each[0] == paid.public_id] == []


def test_one_search_is_a_bounded_number_of_queries(
    paid: Payment, acme: Person, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    look(client, "warm")

    with django_assert_max_num_queries(30):
        look(client, "harbour")


def test_a_result_is_gone_with_the_right_to_see_it(
    paid: Payment, acme: Person, sign_in: Any
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    row = make_row(Notification, acme)
    with platform_scope():
        Notification.objects.filter(pk=row.pk).update(notify_id="notify-42")
    assert [kind for _, kind in look(client, "notify-42")] == ["Notification"]

    staff = Staff.objects.get(pk=client.session["_auth_user_id"])
    staff.role = Role.SUPPORT
    staff.save()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")  # the change ended it

    assert look(client, "notify-42") == []


def test_a_change_is_found_at_once(paid: Payment, acme: Person, sign_in: Any) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    assert ("Harbour Tea", "Merchant") in look(client, "harbour tea")

    with platform_scope():
        Merchant.objects.filter(pk=acme.merchant.pk).update(display_name="Harbour Tea House")

    assert ("Harbour Tea House", "Merchant") in look(client, "harbour tea")
