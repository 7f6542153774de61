"""The second factor: who must have one does nothing without, and one that is set is asked for."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tenancy.models import AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.tenancy.signin.people import (
    CODE,
    SECRET,
    code_of,
    give_factor,
    is_inside,
    kinds_of,
    type_password,
)

pytestmark = pytest.mark.django_db

ACTIVATE = "/account/factors/totp/activate/"
DEACTIVATE = "/account/factors/totp/deactivate/"


@pytest.fixture(autouse=True)
def _roles(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"operator", "owner", "finance"})


def confirm_password(client: Client, back_to: str) -> None:
    answer = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": back_to})
    assert answer["Location"] == back_to


def notes_of(staff: Staff) -> list[str]:
    with platform_scope():
        return list(
            AuditEntry.objects.filter(action="note", row_id=str(staff.pk))
            .order_by("id")
            .values_list("table", flat=True)
        )


@pytest.mark.parametrize("role", [Role.OWNER, Role.FINANCE])
def test_who_must_have_a_factor_can_only_set_one_up(role: Role) -> None:
    staff, client = StaffFactory(role=role), Client()

    assert type_password(client, staff) == reverse("admin:index")

    for name in ("admin:index", "admin:payments_payment_changelist", "account_change_password"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, "/account/factors/")
    assert client.get("/account/factors/").status_code == 200


def test_other_roles_go_in_with_a_password_alone() -> None:
    staff, client = StaffFactory(role=Role.SUPPORT), Client()

    type_password(client, staff)

    assert is_inside(client)


def test_an_acquirer_may_ask_a_factor_of_every_role() -> None:
    staff, client = StaffFactory(role=Role.SUPPORT, acquirer__second_factor_for_all=True), Client()

    type_password(client, staff)

    assert not is_inside(client)


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_console_and_gives_recovery_codes() -> None:
    staff, client = StaffFactory(), Client()
    type_password(client, staff)
    assert client.get(ACTIVATE)["Location"].startswith("/account/reauthenticate/")
    confirm_password(client, ACTIVATE)
    secret = client.get(ACTIVATE).context["form"].secret

    answer = client.post(ACTIVATE, {"code": code_of(secret)})

    assert answer["Location"] == "/account/factors/recovery-codes/"
    assert kinds_of(staff) == {"totp", "recovery_codes"}
    assert is_inside(client)
    assert notes_of(staff) == ["sign_in", "factor_added", "factor_added"]


def test_a_secret_is_never_kept_in_the_clear() -> None:
    staff = StaffFactory()
    codes = give_factor(staff)

    kept = str(list(Authenticator.objects.filter(user=staff).values("data")))

    assert SECRET not in kept
    assert not any(code in kept for code in codes)


def test_a_password_alone_does_not_sign_in_who_has_a_factor() -> None:
    staff, client = StaffFactory(), Client()
    give_factor(staff)

    assert type_password(client, staff) == CODE
    assert not is_inside(client)
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert not is_inside(client)
    assert client.post(CODE, {"code": code_of()})["Location"] == reverse("admin:index")
    assert is_inside(client)
    assert notes_of(staff) == ["second_factor_refused", "sign_in"]


def test_a_code_works_once() -> None:
    staff, first, second = StaffFactory(), Client(), Client()
    give_factor(staff)
    code = code_of()
    type_password(first, staff)
    type_password(second, staff)

    first.post(CODE, {"code": code})
    second.post(CODE, {"code": code})

    assert is_inside(first)
    assert not is_inside(second)


def test_a_recovery_code_works_once_when_the_phone_is_lost() -> None:
    staff = StaffFactory()
    code = give_factor(staff)[0]
    for is_first in (True, False):
        client = Client()
        type_password(client, staff)
        client.post(CODE, {"code": code})
        assert is_inside(client) is is_first


def test_a_session_from_before_the_factor_is_signed_out() -> None:
    staff, client = StaffFactory(role=Role.SUPPORT), Client()
    type_password(client, staff)
    assert is_inside(client)

    give_factor(staff)

    assert client.get(reverse("admin:index"))["Location"] == "/account/login/"
    assert "_auth_user_id" not in client.session


def test_the_last_factor_of_who_must_have_one_stays() -> None:
    staff, client = StaffFactory(), Client()
    give_factor(staff)
    type_password(client, staff)
    client.post(CODE, {"code": code_of()})
    confirm_password(client, DEACTIVATE)

    client.post(DEACTIVATE)

    assert kinds_of(staff) == {"totp", "recovery_codes"}


def test_factors_are_not_changed_without_saying_the_password_again() -> None:
    staff, client = StaffFactory(role=Role.SUPPORT), Client()
    give_factor(staff)
    type_password(client, staff)
    client.post(CODE, {"code": code_of()})

    for page in (DEACTIVATE, "/account/factors/recovery-codes/generate/"):
        assert client.post(page)["Location"].startswith("/account/reauthenticate/")
    assert kinds_of(staff) == {"totp", "recovery_codes"}


def test_nobody_signs_up() -> None:
    assert Client().get("/account/signup/").status_code == 404
    assert Client().get("/account/email/").status_code == 404


def test_the_admins_own_sign_in_leads_to_ours() -> None:
    assert Client().get("/admin/login/")["Location"].startswith("/account/login/")
    assert Client().post("/admin/login/", {"username": "a"})["Location"].startswith("/account/")


def test_rows_with_secrets_have_no_page_in_the_admin() -> None:
    operator, client = StaffFactory(role=Role.OPERATOR, acquirer=None), Client()
    give_factor(operator)
    type_password(client, operator)
    client.post(CODE, {"code": code_of()})

    for page in ("mfa/authenticator/", "usersessions/usersession/", "account/emailaddress/"):
        assert client.get(f"/admin/{page}").status_code == 404
