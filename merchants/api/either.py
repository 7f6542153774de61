"""The base of calls that a merchant's key and an acquirer's key may both make."""

from contextlib import ExitStack
from typing import Annotated, Any
from uuid import UUID

from django.http.response import HttpResponseBase
from pydantic import Field
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from kernel.errors import FieldError, Forbidden, NotFound, Rejected
from kernel.ids import InvalidId
from merchants.acquirer_authentication import AcquirerKeyAuthentication, AcquirerPrincipal
from merchants.authentication import ApiKeyAuthentication, Principal
from merchants.models import Merchant
from tenancy.scope import acting, tenant_scope

_ACQUIRERS = "tg_acquirer_"
MerchantId = Annotated[str, Field(max_length=40)]


class EitherView(APIView):
    """Runs inside the scope of the key's merchant, or of its whole acquirer."""

    scopes: dict[str, str] = {}
    of_all_stores = "this is the whole merchant's"  # what a key of one store is told
    http_method_names = ["get", "head"]
    request: Request

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self._entered:
            return super().dispatch(request, *args, **kwargs)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """An acquirer's keys are told by their beginning."""
        request: Any = self.request
        is_acquirers = request is not None and _ACQUIRERS in request.META.get(
            "HTTP_AUTHORIZATION", ""
        )
        return [AcquirerKeyAuthentication() if is_acquirers else ApiKeyAuthentication()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        caller = self.caller
        origin = str(request.META.get("REMOTE_ADDR", ""))
        merchant_id = caller.merchant_id if isinstance(caller, Principal) else None
        self._entered.enter_context(tenant_scope(caller.acquirer_id, merchant_id))
        self._entered.enter_context(acting(caller.actor, origin=origin))

    @property
    def caller(self) -> Principal | AcquirerPrincipal:
        caller = self.request.user
        assert isinstance(caller, Principal | AcquirerPrincipal)  # noqa: S101 - HasScope refused the rest
        return caller

    def whose(self, merchant: str | None, livemode: bool | None) -> tuple[UUID | None, bool | None]:
        """Whose rows are asked for, None for all merchants', and of which mode, None for both.

        A merchant's key has one of each. Raises Rejected where it names another, Forbidden
        ``key_of_one_store``, NotFound for a merchant that is not the acquirer's.
        """
        caller = self.caller
        if isinstance(caller, AcquirerPrincipal):
            return None if merchant is None else _find_merchant(merchant), livemode
        if caller.store_id is not None:
            raise Forbidden(
                "key_of_one_store", f"This API key is bound to one store; {self.of_all_stores}."
            )
        for name, said in (("merchant", merchant), ("livemode", livemode)):
            if said is not None:
                fault = FieldError(
                    name, "unknown_field", "A merchant's key has one merchant and mode."
                )
                raise Rejected("invalid_request", f"Please correct: {name}.", errors=(fault,))
        return caller.merchant_id, caller.livemode


def _find_merchant(text: str) -> UUID:
    try:
        found = Merchant.objects.filter(id=Merchant.public_id_to_uuid(text)).first()
    except InvalidId:
        found = None
    if found is None:
        raise NotFound("not_found", "No such mer_… id.")
    return found.id
