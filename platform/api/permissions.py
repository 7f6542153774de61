"""Deny by default: a view names the scope that each method needs, or nobody may call it."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from kernel.errors import Forbidden


class HasScope(BasePermission):
    """The caller's key holds the scope in the view's ``scopes`` table: ``{"GET": "…:read"}``.
    Of a tuple, one is enough.

    A method that is not in the table does not exist: 405. HEAD is GET without its body.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        method = "GET" if request.method == "HEAD" else request.method
        needed: str | tuple[str, ...] | None = getattr(view, "scopes", {}).get(method)
        if needed is None:
            raise MethodNotAllowed(str(request.method))
        held: frozenset[str] = getattr(request.user, "scopes", frozenset())
        wanted = needed if isinstance(needed, tuple) else (needed,)
        if held.isdisjoint(wanted):
            raise Forbidden(
                "missing_scope",
                f"This API key lacks the scope {' or '.join(wanted)}; issue one that has it.",
            )
        return True
