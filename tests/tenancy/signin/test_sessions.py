"""When a session ends, where its cookie goes, and what gets nobody in."""

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from config.env import BASE_DIR
from kernel.clock import ManualClock
from tenancy.models import Staff
from tenancy.roles import Role
from tests.deploy.test_env_example import _example
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.tenancy.signin.people import SIGN_IN, is_inside, type_password

pytestmark = pytest.mark.django_db
_IN_THE_FIELD = """
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
      s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_PATH,
      s.SESSION_COOKIE_DOMAIN)
"""


@pytest.fixture
def staff(clock: ManualClock) -> Staff:
    return StaffFactory(role=Role.SUPPORT)


def inside(staff: Staff) -> Client:
    client = Client()
    type_password(client, staff)
    assert is_inside(client)
    return client


def test_a_session_ends_after_rest(staff: Staff, clock: ManualClock) -> None:
    client = inside(staff)
    clock.advance(1799)
    assert is_inside(client)

    clock.advance(1800)

    assert not is_inside(client)


def test_a_session_ends_after_its_time_however_busy(staff: Staff, clock: ManualClock) -> None:
    client = inside(staff)
    for _ in range(12 * 3600 // 1200 - 1):
        clock.advance(1200)
        assert is_inside(client)

    clock.advance(1200)

    assert not is_inside(client)


def test_a_session_that_was_left_is_over(staff: Staff) -> None:
    client, thief = inside(staff), Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_inside(thief)

    client.post("/account/logout/")

    assert not is_inside(thief)


def test_cookies_in_the_field_are_bound_to_our_host_and_to_https() -> None:
    told = {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    done = subprocess.run(  # noqa: S603
        (sys.executable, "-c", _IN_THE_FIELD),
        env=told | _example(),
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [
        "__Host-sessionid", "__Host-csrftoken", "True", "True", "True", "Lax", "/", "None",
    ]  # fmt: skip


def test_a_cookie_of_ours_is_read_by_no_script_and_sent_by_no_other_site(staff: Staff) -> None:
    cookie = inside(staff).cookies["sessionid"]

    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_no_program_gets_in_with_a_cookie(staff: Staff) -> None:
    client = inside(staff)

    for path in ("/v1/payments", "/v1/merchants", "/v1/events"):
        assert client.get(path).status_code == 401


def test_a_forged_request_is_refused(staff: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff, "tenancy.authentication.PasswordBackend")

    for path in (
        "/account/sessions/",
        "/account/password/change/",
        "/account/factors/totp/activate/",
        reverse("admin:tenancy_staff_add"),
        reverse("admin:tenancy_staff_act", args=[staff.pk, "sign-out"]),
    ):
        assert client.post(path, {}).status_code == 403
    assert Client(enforce_csrf_checks=True).post(SIGN_IN, {}).status_code == 403


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_the_sign_in_leads_to_no_other_host(elsewhere: str, staff: Staff) -> None:
    asked = {"login": staff.email, "password": PASSWORD, "next": elsewhere}

    answer = Client().post(SIGN_IN, asked)

    assert answer["Location"] == reverse("admin:index")
