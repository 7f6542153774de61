"""Nobody of a suspended acquirer is let in; everybody else is."""

import pytest
from django.test import Client
from django.urls import reverse

from tenancy.models import Acquirer, AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.tenancy.signin.people import (
    CODE,
    SIGN_IN,
    code_of,
    give_factor,
    is_inside,
    type_password,
)

pytestmark = pytest.mark.django_db
WORD = "Your acquirer is suspended, and nobody of it signs in."


@pytest.fixture
def staff() -> Staff:
    return StaffFactory(role=Role.SUPPORT)


def suspend(acquirer: Acquirer | None, status: str = "suspended") -> None:
    assert acquirer is not None
    Acquirer.objects.filter(pk=acquirer.pk).update(status=status)


def inside(staff: Staff) -> Client:
    client = Client()
    type_password(client, staff)
    assert is_inside(client)
    return client


def operator() -> Client:
    row = StaffFactory(role=Role.OPERATOR, acquirer=None)
    give_factor(row)
    client = Client()
    type_password(client, row)
    client.post(CODE, {"code": code_of()})
    assert is_inside(client)
    return client


def set_status(client: Client, acquirer: Acquirer | None, status: str) -> None:
    """By the acquirer's page, as the operator does."""
    assert acquirer is not None
    asked = {"name": acquirer.name, "country": "HK", "time_zone": "Asia/Hong_Kong"}
    page = reverse("admin:tenancy_acquirer_change", args=[acquirer.pk])
    assert client.post(page, asked | {"status": status}).status_code == 302
    acquirer.refresh_from_db()
    assert acquirer.status == status


def test_the_right_password_is_told_why_and_opens_nothing(staff: Staff) -> None:
    suspend(staff.acquirer)
    client = Client()

    answer = client.post(SIGN_IN, {"login": staff.email, "password": PASSWORD})

    assert WORD in answer.content.decode().replace("&#x27;", "'")
    assert not is_inside(client)
    with platform_scope():
        notes = AuditEntry.objects.filter(row_id=str(staff.pk), action="note")
        assert [note.table for note in notes] == ["acquirer_suspended"]


def test_a_wrong_password_learns_nothing_about_the_acquirer(staff: Staff) -> None:
    suspend(staff.acquirer)

    answer = Client().post(SIGN_IN, {"login": staff.email, "password": "wrong-horse-battery"})

    assert "suspended" not in answer.content.decode()


def test_a_session_ends_with_the_next_click_and_says_why(staff: Staff) -> None:
    client = inside(staff)
    suspend(staff.acquirer)

    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1][0] == SIGN_IN
    assert "You were signed out: your acquirer is suspended." in answer.content.decode()
    suspend(staff.acquirer, "active")
    assert not is_inside(client)


def test_the_staff_of_another_acquirer_stay_inside(staff: Staff) -> None:
    other = StaffFactory(role=Role.SUPPORT)
    stays = inside(other)

    suspend(staff.acquirer)

    assert is_inside(stays)
    assert is_inside(inside(other))


def test_a_code_does_not_open_what_was_suspended_since_the_password(staff: Staff) -> None:
    give_factor(staff)
    client = Client()
    assert type_password(client, staff) == CODE
    suspend(staff.acquirer)

    client.post(CODE, {"code": code_of()})

    assert not is_inside(client)


def test_the_operator_suspends_and_no_session_comes_back_when_it_is_resumed(staff: Staff) -> None:
    left, clicked, boss = inside(staff), inside(staff), operator()

    set_status(boss, staff.acquirer, "suspended")
    assert not is_inside(clicked)
    set_status(boss, staff.acquirer, "active")

    assert not is_inside(left)
    assert not is_inside(clicked)
    assert is_inside(inside(staff))
    assert is_inside(boss)
