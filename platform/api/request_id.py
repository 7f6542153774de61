"""Gives each request an id: in every log line, in ``X-Request-Id``, in every problem document."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from kernel import ids

HEADER = "X-Request-Id"


class RequestIdMiddleware:
    """Ours, never the caller's: an id that a caller chooses could be used twice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = ids.encode("req", ids.new_uuid())
        request.META["tillgate.request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response[HEADER] = request_id
        return response


def get_request_id(request: HttpRequest | None) -> str:
    """The id given by the middleware; empty where the middleware did not run."""
    return "" if request is None else str(request.META.get("tillgate.request_id", ""))
