"""Somebody with a password and an authenticator app, and the browser they sit at."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from tenancy.models import Staff
from tests.factories.tenancy import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN = "/account/login/"
CODE = "/account/factors/authenticate/"


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows, ``steps`` of 30 seconds from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_factor(staff: Staff) -> list[str]:
    """An authenticator app for ``staff``; answers with the recovery codes."""
    TOTP.activate(staff, SECRET)
    return RecoveryCodes.activate(staff).generate_codes()


def type_password(client: Client, staff: Staff, password: str = PASSWORD) -> str:
    """Sign in by the page; where it leads."""
    answer = client.post(SIGN_IN, {"login": staff.email, "password": password})
    return answer["Location"] if answer.status_code == 302 else ""


def is_inside(client: Client) -> bool:
    """Whether the console lets this browser in."""
    return client.get(reverse("admin:index")).status_code == 200


def kinds_of(staff: Staff) -> set[str]:
    """Which factors ``staff`` has."""
    return set(Authenticator.objects.filter(user=staff).values_list("type", flat=True))
