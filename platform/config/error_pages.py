"""What is answered where no view does: to a program the problem document, to a person a page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from api import problems
from api.request_id import get_request_id

# The beginnings of the addresses that people open, and the page that each leads back to.
_BACK = {"/admin/": "/admin/", "/account/": "/admin/", "/till/": "/till/", "/join/": ""}
# By the answer's status: what happened, and what to do.
_WORDS = {
    HTTPStatus.BAD_REQUEST: (
        gettext_noop("This cannot be read"),
        gettext_noop("Check the address, or go back and try again."),
    ),
    HTTPStatus.FORBIDDEN: (
        gettext_noop("Not for your role"),
        gettext_noop(
            "Your role does not have this page. Who manages your colleagues may change that."
        ),
    ),
    HTTPStatus.NOT_FOUND: (
        gettext_noop("There is no such page"),
        gettext_noop("The address is wrong, or what it showed is gone or somebody else's."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        gettext_noop("Something went wrong here"),
        gettext_noop("Try again. If it stays, tell us the number below."),
    ),
}
_TOO_OLD = (
    gettext_noop("This page has been open for too long"),
    gettext_noop("Nothing was changed. Go back, load the page again and send it once more."),
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: what it refuses before any view, such as a foreign Host header."""
    return _show(request, HTTPStatus.BAD_REQUEST) or problems.bad_request_page(request)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403: a page that the person's role does not have."""
    return _show(request, HTTPStatus.FORBIDDEN) or problems.forbidden_page(request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: an address that no view has, or a row that nobody may see."""
    return _show(request, HTTPStatus.NOT_FOUND) or problems.not_found_page(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: what escaped every view."""
    found = _show(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    return found or problems.server_error_page(request)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a form without the token of this session."""
    found = _show(request, HTTPStatus.FORBIDDEN, _TOO_OLD)
    return found or problems.forbidden_page(request)


def _show(
    request: HttpRequest, status: HTTPStatus, words: tuple[str, str] | None = None
) -> HttpResponse | None:
    """The page; None where a program asks. It needs neither database nor session."""
    back = next((to for start, to in _BACK.items() if request.path.startswith(start)), None)
    if back is None or not request.accepts("text/html"):
        return None
    title, advice = words or _WORDS[status]
    told = {"title": _(title), "advice": _(advice), "back": back, "number": get_request_id(request)}
    return HttpResponse(render_to_string("signin/problem.html", told), status=status)
