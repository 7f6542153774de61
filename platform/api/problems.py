"""Errors as RFC 9457 problem documents: one table from our errors to HTTP."""

from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from api.languages import read_language
from api.parsers import BodyTooLarge
from api.request_id import get_request_id
from kernel import errors

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"

STATUS_OF: dict[type[errors.TillgateError], HTTPStatus] = {
    errors.Rejected: HTTPStatus.BAD_REQUEST,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Django REST framework's own errors, in our words.
_FRAMEWORK: list[tuple[type[Exception], str]] = [
    (exceptions.NotAuthenticated, "missing_api_key"),
    (exceptions.AuthenticationFailed, "invalid_api_key"),
    (exceptions.PermissionDenied, "forbidden"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.Throttled, "too_many_requests"),
    (exceptions.ParseError, "malformed_json"),
    (BodyTooLarge, "body_too_large"),
]


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    request: HttpRequest | None,
    errors: tuple[errors.FieldError, ...] = (),
) -> dict[str, Any]:
    """The document; ``code`` is stable, ``detail`` says what to change."""
    document: dict[str, Any] = {
        "type": f"urn:tillgate:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": get_request_id(request),
    }
    if errors:
        document["errors"] = [
            {"field": e.field, "code": e.code, "message": e.message} for e in errors
        ]
    return document


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Django REST framework's hook: every error that leaves a view becomes a problem document."""
    request = context.get("request")
    headers: dict[str, str] = {}
    if isinstance(error, errors.TillgateError):
        status = next(code for kind, code in STATUS_OF.items() if isinstance(error, kind))
        if isinstance(error, errors.Unavailable):
            headers["Retry-After"] = str(error.retry_after_seconds)
        body = problem(
            status=status,
            code=error.code,
            detail=error.detail,
            request=request,
            errors=error.errors,
        )
        if error.cashier and request is not None:
            body["cashier_message"] = error.cashier[read_language(request)]
        if status == HTTPStatus.FORBIDDEN:
            _count_refusal(request, error.code)
    elif isinstance(error, exceptions.APIException | Http404):
        body = _framework_problem(error, request, context.get("view"))
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            headers["WWW-Authenticate"] = 'Bearer realm="tillgate"'
        if isinstance(error, exceptions.Throttled):
            headers["Retry-After"] = str(ceil(getattr(error, "wait", None) or 1))
    elif isinstance(error, OperationalError | InterfaceError):
        log.exception("database_unavailable")
        body = database_unavailable(request)
        headers["Retry-After"] = "2"
    else:
        log.exception("request_failed", error=type(error).__name__)
        body = internal_error(request)
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _count_refusal(request: Any, code: str) -> None:
    """Told to the caller's principal, if there is one that counts."""
    # What the request knows already: asking for .user would authenticate once more.
    count = getattr(vars(request).get("_user") if request else None, "count_refusal", None)
    if count is not None:
        count(code)


def _framework_problem(
    error: exceptions.APIException | Http404, request: HttpRequest | None, view: Any
) -> dict[str, Any]:
    status = error.status_code if isinstance(error, exceptions.APIException) else 404
    code = next((code for kind, code in _FRAMEWORK if isinstance(error, kind)), "request_refused")
    detail = str(error.detail) if isinstance(error, exceptions.APIException) else ""
    if isinstance(error, exceptions.NotAuthenticated):
        detail = "Send the header 'Authorization: Bearer tg_test_…' with your API key."
    elif isinstance(error, exceptions.MethodNotAllowed):
        detail = f"This address takes {', '.join(getattr(view, 'allowed_methods', []))} only."
    elif isinstance(error, exceptions.UnsupportedMediaType):
        detail = "Send the body as JSON, with the header 'Content-Type: application/json'."
    return problem(
        status=status, code=code, detail=detail or "There is nothing here.", request=request
    )


def database_unavailable(request: HttpRequest | None) -> dict[str, Any]:
    """The database went away in the middle: it may or may not have kept what was asked for."""
    return problem(
        status=503,
        code="database_unavailable",
        detail="The database is away. Repeat the same request: it is never done twice.",
        request=request,
    )


def internal_error(request: HttpRequest | None) -> dict[str, Any]:
    """What a caller learns of a fault of ours: nothing but the id to quote."""
    return problem(
        status=500,
        code="internal_error",
        detail="Something went wrong here. Ask again; if it stays, tell us the request_id.",
        request=request,
    )


def bad_request_page(request: HttpRequest) -> JsonResponse:
    """What Django refuses before any view, such as a foreign Host header."""
    body = problem(
        status=400,
        code="bad_request",
        detail="The request cannot be read: check its address and Host header.",
        request=request,
    )
    return JsonResponse(body, status=400, content_type=CONTENT_TYPE)


def forbidden_page(request: HttpRequest) -> JsonResponse:
    """What the caller may not do."""
    body = problem(
        status=403, code="forbidden", detail="This address is not for you.", request=request
    )
    return JsonResponse(body, status=403, content_type=CONTENT_TYPE)


def not_found_page(request: HttpRequest) -> JsonResponse:
    """An address that no view has."""
    body = problem(
        status=404, code="not_found", detail=f"No address {request.path} here.", request=request
    )
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def server_error_page(request: HttpRequest) -> JsonResponse:
    """What escaped every view."""
    return JsonResponse(internal_error(request), status=500, content_type=CONTENT_TYPE)
