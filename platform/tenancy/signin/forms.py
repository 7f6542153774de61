"""The forms in which a code of the second factor is typed: guesses are counted."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms

from tenancy.signin import tries


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
