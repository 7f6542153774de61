"""The language and the time zone of a person's pages: theirs, else what the browser asks for.

Only the console speaks other languages; the API's words are part of its contract.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenancy.models import Staff
from tenancy.signin.paths import is_console

_YEAR_SECONDS = 365 * 24 * 3600


class LanguageMiddleware:
    """See the module's docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_console(request.path):
            return self.get_response(request)
        language = language_of(request)
        with translation.override(language), _zone_of(request):
            answer = self.get_response(request)
        answer.headers.setdefault("Content-Language", language)
        patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        return answer


def language_of(request: HttpRequest) -> str:
    """The person's choice; the cookie of who is not signed in; what the browser asks for."""
    chosen = getattr(request.user, "language", "")
    return chosen or translation.get_language_from_request(request)


def _zone_of(request: HttpRequest) -> AbstractContextManager[object]:
    acquirer = request.user.acquirer if isinstance(request.user, Staff) else None
    return timezone.override(ZoneInfo(acquirer.time_zone) if acquirer else ZoneInfo("UTC"))


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice: of a person with their account, of a stranger in a cookie."""
    language = request.POST.get("language", "")
    answer = HttpResponseRedirect(_next_page(request))
    if language not in dict(settings.LANGUAGES):
        return answer
    if isinstance(request.user, Staff):
        request.user.language = language
        request.user.save(update_fields=["language"])
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _next_page(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return wanted
    return "/admin/"
