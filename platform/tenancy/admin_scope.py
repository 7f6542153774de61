"""Puts each admin request into the scope of the person who made it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tenancy.masking import masking
from tenancy.models import Staff
from tenancy.roles import masked_columns
from tenancy.scope import acting, platform_scope, tenant_scope
from tenancy.signin.paths import is_console


class StaffScopeMiddleware:
    """An acquirer's staff see its rows, the operator sees all, a stranger sees none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_console(request.path):
            return self.get_response(request)
        staff = request.user
        if not isinstance(staff, Staff) or not staff.is_active:
            return self.get_response(request)
        rows = platform_scope() if staff.acquirer_id is None else tenant_scope(staff.acquirer_id)
        origin = str(request.META.get("REMOTE_ADDR", ""))
        hidden = masking(masked_columns(staff.role))
        with rows, hidden, acting(staff.actor, origin=origin):
            return self.get_response(request)
