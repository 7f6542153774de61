"""The paired till's key in a cookie that no script can read, sent to the REST API alone.

The page's requests carry the header ``X-Tillgate-Till``, which no other site's page can send, and
which turns the cookie into the ``Authorization`` of a public API call. Without it the cookie is
ignored, so that nothing is done on a till's behalf by a link or a form.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NAME = "tillgate_till"
PATH = "/v1/"
HEADER = "HTTP_X_TILLGATE_TILL"
_MAX_AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie longer
_KEY = re.compile(r"tg_(?:test|live)_[0-9A-Za-z]{40}")


class KeyCookieMiddleware:
    """See the module's docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NAME in request.COOKIES and is_from_the_page(request) and request.path.startswith(PATH):
            request.META.setdefault("HTTP_AUTHORIZATION", f"Bearer {request.COOKIES[NAME]}")
        return self.get_response(request)


def is_from_the_page(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: others cannot add the header without our permission."""
    return request.META.get(HEADER) == "1"


def is_key(text: object) -> bool:
    """Whether ``text`` has the shape of a merchant's key; nothing else is put into the cookie."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def keep(response: HttpResponse, key: str) -> None:
    """Have the browser keep ``key``."""
    response.set_cookie(
        NAME,
        key,
        max_age=_MAX_AGE,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> None:
    """Have the browser forget its key."""
    response.delete_cookie(NAME, path=PATH, samesite="Strict")
