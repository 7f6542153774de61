"""Acquirers and staff in the admin: their tables have no tenant policy, so each page narrows."""

import pytest
from django.test import Client
from django.urls import reverse

from tenancy.models import Acquirer, Staff
from tenancy.roles import Role
from tests.factories.tenancy import PASSWORD, AcquirerFactory, StaffFactory

pytestmark = pytest.mark.django_db

ADD = "admin:tenancy_staff_add"
LIST = "admin:tenancy_staff_changelist"
CHANGE = "admin:tenancy_staff_change"


def signed_in(staff: Staff) -> Client:
    client = Client()
    assert client.login(username=staff.email, password=PASSWORD)
    return client


def form(**changed: object) -> dict[str, object]:
    return {
        "email": "New.Person@example.com",
        "name": "New Person",
        "role": Role.SUPPORT,
        "is_active": "on",
    } | changed


@pytest.fixture
def owner() -> Staff:
    return StaffFactory()


@pytest.fixture
def stranger() -> Staff:
    return StaffFactory()


@pytest.fixture
def operator() -> Staff:
    return StaffFactory(role=Role.OPERATOR, acquirer=None)


def test_an_owner_adds_staff_of_the_own_acquirer_only(owner: Staff, stranger: Staff) -> None:
    asked = form(acquirer=str(stranger.acquirer_id))

    answer = signed_in(owner).post(reverse(ADD), asked)

    assert answer.status_code == 302
    made = Staff.objects.get(email="new.person@example.com")
    assert (made.acquirer_id, made.role) == (owner.acquirer_id, Role.SUPPORT)
    assert not made.has_usable_password()
    assert answer["Location"] == reverse("admin:tenancy_staff_act", args=[made.pk, "invite"])


def test_an_owner_cannot_make_an_operator(owner: Staff) -> None:
    answer = signed_in(owner).post(reverse(ADD), form(role=Role.OPERATOR))

    assert answer.status_code == 200
    assert "role" in answer.context["adminform"].form.errors
    assert list(Staff.objects.all()) == [owner]


def test_an_owner_cannot_become_the_operator(owner: Staff) -> None:
    page = reverse(CHANGE, args=[owner.pk])

    answer = signed_in(owner).post(page, form(role=Role.OPERATOR, email=owner.email))

    assert answer.status_code == 200
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_an_owner_sees_the_own_staff_only(owner: Staff, stranger: Staff, operator: Staff) -> None:
    client = signed_in(owner)

    page = client.get(reverse(LIST))

    assert [row.pk for row in page.context["cl"].result_list] == [owner.pk]
    for foreign in (stranger, operator):
        answer = client.post(reverse(CHANGE, args=[foreign.pk]), form(email="taken@example.com"))
        assert answer.status_code == 302
        assert answer["Location"] == reverse("admin:index")
        foreign.refresh_from_db()
        assert foreign.email != "taken@example.com"


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.FINANCE, Role.SUPPORT])
def test_other_roles_have_no_page_of_staff(role: Role) -> None:
    client = signed_in(StaffFactory(role=role))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse(ADD), form()).status_code == 403
    assert Staff.objects.count() == 1


def test_an_auditor_may_look_and_not_touch(owner: Staff) -> None:
    client = signed_in(StaffFactory(role=Role.AUDITOR, acquirer=owner.acquirer))

    page = client.get(reverse(CHANGE, args=[owner.pk]))

    assert page.status_code == 200
    assert "Send a link" not in page.content.decode()
    assert client.post(reverse(CHANGE, args=[owner.pk]), form()).status_code == 403


def test_nobody_sets_or_sees_the_password_of_another(owner: Staff) -> None:
    client = signed_in(owner)
    colleague = StaffFactory(acquirer=owner.acquirer, role=Role.FINANCE)
    page = reverse(CHANGE, args=[colleague.pk])
    assert colleague.password not in client.get(page).content.decode()

    client.post(page, form(role=Role.FINANCE, password="x", new_password="a-long-odd-phrase"))

    colleague.refresh_from_db()
    assert colleague.check_password(PASSWORD)


def test_the_address_of_another_stays_so_that_no_link_goes_astray(owner: Staff) -> None:
    colleague = StaffFactory(acquirer=owner.acquirer, role=Role.FINANCE)
    before = colleague.email

    signed_in(owner).post(reverse(CHANGE, args=[colleague.pk]), form(email="mine@example.com"))

    colleague.refresh_from_db()
    assert (colleague.email, colleague.name) == (before, "New Person")


def test_the_operator_makes_acquirers_and_their_first_owner(operator: Staff) -> None:
    client = signed_in(operator)
    acquirer = {
        "name": "Harbour Bank",
        "slug": "harbour-bank",
        "country": "HK",
        "time_zone": "Asia/Hong_Kong",
        "status": "active",
    }

    client.post(reverse("admin:tenancy_acquirer_add"), acquirer)
    made = Acquirer.objects.get(slug="harbour-bank")
    client.post(reverse(ADD), form(acquirer=str(made.pk), role=Role.OWNER))

    assert Staff.objects.get(email="new.person@example.com").acquirer == made


def test_staff_without_an_acquirer_must_be_the_operator(operator: Staff) -> None:
    answer = signed_in(operator).post(reverse(ADD), form(role=Role.OWNER))

    assert answer.status_code == 200
    assert list(Staff.objects.all()) == [operator]


def test_a_time_zone_that_does_not_exist_is_refused(operator: Staff) -> None:
    client = signed_in(operator)
    faulty = {"name": "B", "slug": "b", "country": "HK", "time_zone": "Hong Kong"}

    answer = client.post(reverse("admin:tenancy_acquirer_add"), faulty | {"status": "active"})

    assert answer.status_code == 200
    assert "time_zone" in answer.context["adminform"].form.errors
    assert Acquirer.objects.count() == 0


def test_an_owner_sees_the_own_acquirer_and_changes_none(owner: Staff) -> None:
    other = AcquirerFactory()
    client = signed_in(owner)

    page = client.get(reverse("admin:tenancy_acquirer_changelist"))

    assert [row.pk for row in page.context["cl"].result_list] == [owner.acquirer_id]
    assert client.get(reverse("admin:tenancy_acquirer_change", args=[other.pk])).status_code == 302
    own = reverse("admin:tenancy_acquirer_change", args=[owner.acquirer_id])
    assert client.post(own, {"name": "Taken"}).status_code == 403
    assert client.get(reverse("admin:tenancy_acquirer_add")).status_code == 403


def test_groups_are_not_in_the_admin(operator: Staff) -> None:
    page = signed_in(operator).get(reverse("admin:index")).content.decode()

    assert "Groups" not in page
    assert "API keys" in page


def test_who_was_deactivated_is_signed_out_at_once(owner: Staff) -> None:
    client = signed_in(owner)
    assert client.get(reverse("admin:index")).status_code == 200

    Staff.objects.filter(pk=owner.pk).update(is_active=False)

    assert client.get(reverse("admin:index")).status_code == 302
    assert not Client().login(username=owner.email, password=PASSWORD)
