"""What browsers may do with an answer of ours: one policy per kind of page. Deny by default.

No page runs a script that stands in it, and nothing comes from another host. Two pages need more
than the rest, and only they get it: the console's theme reads its attributes with ``Function``
(Alpine), so there ``unsafe-eval``; it and the API reference put styles into the page.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NOTHING: dict[str, str] = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_PAGE = _NOTHING | {
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the QR of an authenticator app is drawn in the page
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
}
_CONSOLE = _PAGE | {
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}
_REFERENCE = _PAGE | {
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "blob:",  # it searches in a worker of its own making
    "font-src": "'self' data:",
    "form-action": "'none'",
}
# The beginning of a path -> its policy; the first that fits.
_BY_PATH = (
    ("/admin/", _CONSOLE),
    ("/account/", _PAGE),
    ("/join/", _PAGE),
    ("/docs", _REFERENCE),
)
_UNUSED = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
PERMISSIONS = ", ".join(f"{name}=()" for name in _UNUSED)


def policy_of(path: str) -> str:
    """The Content-Security-Policy of the page at ``path``."""
    rules = next((found for start, found in _BY_PATH if path.startswith(start)), _NOTHING)
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class SecurityHeadersMiddleware:
    """Adds the policies to every answer that has none of its own (the till has)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", policy_of(request.path))
        answer.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return answer
