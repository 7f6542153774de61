"""Forms of the sign-in: codes, whose guesses are counted, and the forgotten password."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.mfa.base import forms
from django.http import HttpRequest

from tenancy.signin import letters, tries


class _Counted(forms.BaseAuthenticateForm):  # type: ignore[misc]
    def clean_code(self) -> Any:
        name = str(self.user.pk)
        if not tries.take(tries.CODE, name):
            raise get_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()
        tries.clear(tries.CODE, name)
        return code


class AuthenticateForm(_Counted, forms.AuthenticateForm):  # type: ignore[misc]
    """At the door."""


class ReauthenticateForm(_Counted, forms.ReauthenticateForm):  # type: ignore[misc]
    """Inside, before something that matters."""


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """Looks nobody up: whatever is typed is handed to a worker, in the same time."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_: Any) -> str:
        email = str(self.cleaned_data["email"])
        letters.hand_link("reset", email)
        return email
