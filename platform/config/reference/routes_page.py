"""The page of addresses: every route of the URL configuration, who may call it, what it does."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from config.reference.table import table

HEAD = """# Addresses

Generated from the URL configuration by `make docs`; a test compares them. Fields, limits and
answers of each call stand in the contract: `GET /v1/openapi.json`, readable at `/docs` of a
running system. Every POST with a key takes an [`Idempotency-Key`](../howto/repeat-safely.md).

## The REST API

"""
OTHERS = {
    "/v1/pairings": ("POST", "a pairing code", "Pair a till: the code becomes a key"),
    "/v1/openapi.json": ("GET", "anybody", "The contract, generated from the code"),
    "/docs": ("GET", "anybody", "The contract, to read"),
    "/alipay/notify/{account_id}": ("POST", "Alipay's signature", "Alipay tells us of a payment"),
    "/till/": ("GET", "anybody", "The [web till](../howto/web-till.md)"),
    "/till/manifest.webmanifest": ("GET", "anybody", "What makes it installable"),
    "/till/key": ("POST, DELETE", "the till's page", "Has the browser keep, or forget, its key"),
    "/join/{token}": (
        "GET, POST",
        "who has the link",
        "[Join](../howto/members.md) a merchant's programme",
    ),
    "/join/card/{token}": ("GET", "who has just joined", "The member's card, for a day"),
    "/admin/": ("GET, POST", "staff", "The admin site"),
    "/account/language/": ("POST", "anybody", "The language of the console"),
    "/account/login/": ("GET, POST", "anybody", "[Sign in](../howto/sign-in.md)"),
    "/account/logout/": ("GET, POST", "staff", "Sign out"),
    "/account/inactive/": ("GET", "anybody", "Said to who was deactivated"),
    "/account/reauthenticate/": ("GET, POST", "staff", "Say the password again"),
    "/account/password/change/": ("GET, POST", "staff", "Change one's own password"),
    "/account/password/reset/": ("GET, POST", "anybody", "Ask for a link by e-mail"),
    "/account/password/reset/done/": ("GET", "anybody", "The link is on its way"),
    "/account/password/reset/key/{uidb36}-{key}/": ("GET, POST", "the link", "A new password"),
    "/account/password/reset/key/done/": ("GET", "anybody", "The password is changed"),
    "/account/factors/": ("GET", "staff", "One's own second factors"),
    "/account/factors/authenticate/": ("GET, POST", "the password", "The second factor"),
    "/account/factors/reauthenticate/": ("GET, POST", "staff", "Say a code again"),
    "/account/factors/totp/activate/": ("GET, POST", "staff", "Add an authenticator app"),
    "/account/factors/totp/deactivate/": ("GET, POST", "staff", "Remove it"),
    "/account/factors/recovery-codes/": ("GET", "staff", "Recovery codes, shown once"),
    "/account/factors/recovery-codes/generate/": ("GET, POST", "staff", "New recovery codes"),
    "/account/factors/recovery-codes/download/": ("GET", "staff", "The codes as a file, once"),
    "/account/factors/webauthn/": ("GET", "staff", "One's own security keys"),
    "/account/factors/webauthn/add/": ("GET, POST", "staff", "Add a security key"),
    "/account/factors/webauthn/reauthenticate/": ("GET, POST", "staff", "Show a key again"),
    "/account/factors/webauthn/keys/{pk}/remove/": ("GET, POST", "staff", "Remove a key"),
    "/account/factors/webauthn/keys/{pk}/edit/": ("GET, POST", "staff", "Name a key"),
    "/account/sessions/": ("GET, POST", "staff", "Where one is signed in"),
    "/healthz": ("GET", "anybody", "This web process answers"),
    "/readyz": ("GET", "anybody", "It can do its work: the database answers"),
    "/metrics": ("GET", "`TILLGATE_METRICS_TOKEN`", "[Figures for Prometheus](../howto/watch.md)"),
}
_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class UnknownRoute(LookupError):
    """A route that is no call of the REST API and has no words in OTHERS."""


def render() -> str:
    """The whole page."""
    routes = dict(list_routes())
    calls = {path: view for path, view in routes.items() if hasattr(view, "scopes")}
    rest = [path for path in routes if path not in calls]
    if unknown := sorted(set(rest) - set(OTHERS)):
        raise UnknownRoute(f"say in {__name__}.OTHERS what these are: {unknown}")
    others = [(method, f"`{path}`", *words) for path, (method, *words) in OTHERS.items()]
    return (
        HEAD
        + table(("method", "address", "scope of the key", "does"), _describe(calls))
        + "\n## The rest\n\n"
        + table(("method", "address", "who", "does"), others)
    )


def list_routes(patterns: list[Any] | None = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Each address and its view class (None for a function); the admin site counts as one."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + _PARAMETER.sub(r"{\1}", _plain(str(pattern.pattern)))
        if isinstance(pattern, URLPattern):
            yield path, getattr(pattern.callback, "cls", None)
        elif isinstance(pattern, URLResolver):
            if pattern.app_name == "admin":
                yield path, None
            else:
                yield from list_routes(pattern.url_patterns, path)


def _plain(pattern: str) -> str:
    """A pattern of a regular expression as one of a path."""
    return _GROUP.sub(r"<\1>", pattern).strip("^$")


def _describe(calls: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    contract = _contract()["paths"]
    for path in sorted(calls):
        for method, scope in sorted(calls[path].scopes.items()):
            summary = contract[path][method.lower()].get("summary", "")
            scopes = scope if isinstance(scope, tuple) else (scope,)
            yield method, f"`{path}`", " or ".join(f"`{each}`" for each in scopes), summary


def _contract() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    contract: dict[str, Any] = generator().get_schema(request=None, public=True)
    return contract
