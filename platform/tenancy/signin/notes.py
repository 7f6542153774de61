"""What happens at the door goes into the audit trail: who came in, who did not, what changed."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from tenancy import audit
from tenancy.models import Staff
from tenancy.scope import acting
from tenancy.signin import tries
from tenancy.signin.gate import begin

_LONGEST_AGENT = 200


def note(request: HttpRequest | None, what: str, staff: Staff, **detail: Any) -> None:
    """One entry of the trail about ``staff``, signed with the address it came from."""
    origin = "" if request is None else str(request.META.get("REMOTE_ADDR", ""))
    if request is not None:
        detail["browser"] = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT]
    with acting(staff.actor, origin=origin):
        audit.note(what, str(staff.pk), acquirer_id=staff.acquirer_id, detail=detail)


def signed_in(request: HttpRequest, user: Staff, **_: Any) -> None:
    """Somebody came in: the clocks of the session start."""
    begin(request)
    note(request, "sign_in", user)


def signed_out(request: HttpRequest, user: Staff | None, **_: Any) -> None:
    if isinstance(user, Staff):
        note(request, "sign_out", user)


def code_refused(request: HttpRequest, user: Staff, **_: Any) -> None:
    note(request, "second_factor_refused", user)


def factor_added(request: HttpRequest, user: Staff, authenticator: Authenticator, **_: Any) -> None:
    note(request, "factor_added", user, kind=authenticator.type)


def factor_removed(
    request: HttpRequest, user: Staff, authenticator: Authenticator, **_: Any
) -> None:
    note(request, "factor_removed", user, kind=authenticator.type)


def factor_renewed(
    request: HttpRequest, user: Staff, authenticator: Authenticator, **_: Any
) -> None:
    note(request, "factor_renewed", user, kind=authenticator.type)


def password_changed(request: HttpRequest, user: Staff, **_: Any) -> None:
    note(request, "password_changed", user)


def password_reset(request: HttpRequest, user: Staff, **_: Any) -> None:
    """A new password by a link: wrong ones of before no longer count."""
    tries.clear(tries.ACCOUNT, user.email)
    note(request, "password_reset", user)
