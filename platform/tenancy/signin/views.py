"""The page of a person's own sessions."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenancy.models import Staff
from tenancy.signed_in import staff_of
from tenancy.signin import notes
from tenancy.signin.devices import describe
from tenancy.signin.sessions import end_others, end_session, list_sessions

_NUMBER = re.compile(r"[0-9]{1,18}")


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List them; a post with ``session`` ends that one, without it all but this one."""
    staff = staff_of(request)
    if request.method == "POST":
        _end(request, staff, request.POST.get("session", ""))
        return redirect("usersessions_list")
    found = [(each, describe(each.user_agent)) for each in list_sessions(staff)]
    context = {"sessions": found, "current": request.session.session_key}
    return render(request, "signin/sessions.html", context)


def _end(request: HttpRequest, staff: Staff, session_id: str) -> None:
    if not session_id:
        end_others(staff, request.session.session_key)
    elif not (_NUMBER.fullmatch(session_id) and end_session(staff, int(session_id))):
        raise Http404
    notes.note(request, "sessions_ended", staff, which="one" if session_id else "all others")
    messages.success(request, _("Signed out there."))
