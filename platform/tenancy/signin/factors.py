"""The second factor: who must have one, who has one, and how its secrets are kept."""

from typing import Any

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from tenancy.encryption import decrypt, encrypt
from tenancy.models import Staff

_KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps what TOTP and recovery codes are made from encrypted, as every secret is (law 11)."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """The last factor of somebody who must have one stays until another is there."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=_KINDS)
        is_last = not others.exclude(pk=authenticator.pk).exists()
        return not (is_last and must_have_factor(authenticator.user))


def must_have_factor(staff: Staff) -> bool:
    """Whether ``staff`` may do nothing without a second factor: by role, or all of an acquirer."""
    if staff.role in settings.SECOND_FACTOR_ROLES:
        return True
    return staff.acquirer is not None and staff.acquirer.second_factor_for_all


def has_factor(staff: Staff) -> bool:
    """Whether ``staff`` has an authenticator app or a security key."""
    return bool(Authenticator.objects.filter(user_id=staff.pk, type__in=_KINDS).exists())


def is_proved(request: HttpRequest) -> bool:
    """Whether this session was begun, or carried on, with a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def prove_by_enrolling(request: HttpRequest, **_: Any) -> None:
    """Who has just added a factor has shown it: the session need not ask for it again."""
    if not is_proved(request):
        record_authentication(request, request.user, "mfa", type="enrolled")
