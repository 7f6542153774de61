"""The till's page, its manifest, and where the page hands over the key that it was given."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from till import key_cookie

# Scripts, styles and pictures of our own files alone; no frame, no form, no other origin.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
POLICY = "; ".join(f"{what} {where}" for what, where in _POLICY.items())
_BODY_LIMIT = 1024  # bytes


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The shell; everything in it is made by the scripts."""
    response = render(request, "till/page.html")
    response["Content-Security-Policy"] = POLICY
    response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the page installable."""
    return JsonResponse(
        {
            "name": "Tillgate till",
            "short_name": "Till",
            "start_url": "/till/",
            "scope": "/till/",
            "display": "standalone",
            "background_color": "#f9fafb",
            "theme_color": "#2563eb",
            "icons": [
                {"src": static("console/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
        },
        content_type="application/manifest+json",
    )


@csrf_exempt  # the header that only our page can send stands for the token
@require_http_methods(["POST", "DELETE"])
def key(request: HttpRequest) -> HttpResponse:
    """POST ``{"key": "tg_test_…"}``: the browser keeps it where no script reads; DELETE ends it."""
    if not key_cookie.is_from_the_page(request):
        return HttpResponse(status=403)
    response = HttpResponse(status=204)
    if request.method == "DELETE":
        key_cookie.forget(response)
        return response
    text = _read_key(request)
    if text is None:
        return HttpResponse(status=400)
    key_cookie.keep(response, text)
    return response


def _read_key(request: HttpRequest) -> str | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > _BODY_LIMIT:
        return None
    try:
        text = json.loads(request.body)["key"]
    except (ValueError, TypeError, KeyError):
        return None
    return text if key_cookie.is_key(text) else None
