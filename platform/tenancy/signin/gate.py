"""The gate of the console: nobody passes whose session is not whole. Deny by default.

A session is whole when it is young enough, was used lately, and carries a second factor where the
person has one or must have one.
"""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from kernel import clock
from tenancy.models import Staff
from tenancy.signin.factors import has_factor, is_proved, must_have_factor
from tenancy.signin.paths import is_console

BEGAN, SEEN = "tillgate_began", "tillgate_seen"  # seconds since 1970, kept in the session
_SEEN_STEP = 60  # seconds between two writes of when a session was last used
# What somebody without the second factor they must have may still do: get one, or leave.
_WHILE_ENROLLING = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
    }
)


class GateMiddleware:
    """See the module's docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_console(request.path):
            return self.get_response(request)
        answer = self.answer(request)
        answer.headers.setdefault("Cache-Control", "no-store")  # of a shared computer's browser
        return answer

    def answer(self, request: HttpRequest) -> HttpResponse:
        """What the page answers, or where whoever may not see it is sent."""
        if not isinstance(request.user, Staff):
            if SESSION_KEY in request.session:  # of somebody who may not come in any more
                return _sign_out(request, _why_nobody(request.session[SESSION_KEY]))
            return self.get_response(request)
        if is_over(request):
            return _sign_out(request, _("You were signed out. Please sign in again."))
        if not is_proved(request):
            if has_factor(request.user):
                return _sign_out(request, _("Please sign in with your second factor."))
            if must_have_factor(request.user) and not _is_enrolling(request):
                why = _("Your role needs a second factor. Please set one up.")
                messages.warning(request, why)
                return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)


def begin(request: HttpRequest) -> None:
    """Start the clocks of a session that was just signed in to."""
    request.session[BEGAN] = request.session[SEEN] = int(clock.now().timestamp())


def is_over(request: HttpRequest) -> bool:
    """Whether the session is too old or was idle too long; if not, that it was used is kept."""
    now = int(clock.now().timestamp())
    began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
    if now - began >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE_SECONDS:
        return True
    if now - seen >= _SEEN_STEP:
        request.session[SEEN] = now
        UserSession.objects.create_from_request(request)  # for the list: when and from where
    return False


def _why_nobody(staff_id: str) -> str:
    staff = Staff.objects.select_related("acquirer").filter(pk=staff_id, is_active=True).first()
    if staff is not None and staff.is_shut_out:
        return _("You were signed out: your acquirer is suspended.")
    return _("You were signed out. Please sign in again.")


def _is_enrolling(request: HttpRequest) -> bool:
    return resolve(request.path_info).url_name in _WHILE_ENROLLING


def _sign_out(request: HttpRequest, why: str) -> HttpResponse:
    logout(request)
    messages.info(request, why)
    return HttpResponseRedirect(reverse("account_login"))
