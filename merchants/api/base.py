"""The base of every merchant endpoint."""

from contextlib import ExitStack
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from api.idempotency import RequestKey, read_idempotency_key
from merchants.authentication import Principal
from tenancy.scope import tenant_scope


class MerchantView(APIView):
    """Runs inside the scope of the key's merchant.

    ``scopes`` names, per method, the scope that the key must hold; of a tuple, one is enough.
    """

    scopes: dict[str, str | tuple[str, ...]] = {}
    http_method_names = ["get", "post", "patch", "delete", "head"]  # OPTIONS would tell nothing
    request: Request

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self._entered:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        principal = self.principal
        self._entered.enter_context(tenant_scope(principal.acquirer_id, principal.merchant_id))

    @property
    def principal(self) -> Principal:
        principal = self.request.user
        assert isinstance(principal, Principal)  # noqa: S101 - HasScope has refused the rest
        return principal

    @property
    def idempotency_key(self) -> RequestKey | None:
        """What the caller named this request, if anything; every POST hands it to its service."""
        return read_idempotency_key(self.request, self.principal)
