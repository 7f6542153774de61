"""The base of every call that an acquirer key makes."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.idempotency import read_idempotency_key
from api.once import once
from kernel import ids
from kernel.errors import NotFound
from merchants.acquirer_authentication import AcquirerKeyAuthentication, AcquirerPrincipal
from merchants.models import Merchant
from tenancy.scope import acting, tenant_scope
from tenancy.scoped import TenantModel

Row = TypeVar("Row", bound=TenantModel)


class _Caller:
    """Idempotency keys of an acquirer's calls are the acquirer's own; they know no mode."""

    livemode = False

    def __init__(self, acquirer_id: UUID) -> None:
        self.acquirer_id = self.merchant_id = acquirer_id


class AcquirerView(APIView):
    """Runs inside the scope of the key's acquirer, and signs what it changes with the key."""

    authentication_classes = (AcquirerKeyAuthentication,)
    scopes: dict[str, str] = {}
    http_method_names = ["get", "post", "patch", "head"]
    request: Request

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self._entered:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        principal = self.principal
        origin = str(request.META.get("REMOTE_ADDR", ""))
        self._entered.enter_context(tenant_scope(principal.acquirer_id))
        self._entered.enter_context(acting(principal.actor, origin=origin))

    @property
    def principal(self) -> AcquirerPrincipal:
        principal = self.request.user
        assert isinstance(principal, AcquirerPrincipal)  # noqa: S101 - HasScope refused the rest
        return principal

    def find(self, model: type[Row], text: str, **of: Any) -> Row:
        """The acquirer's own row with the id ``text``; raises NotFound."""
        return _one(model, text, **of)

    def merchant(self, merchant_id: str) -> Merchant:
        """The merchant of the address; raises NotFound."""
        return _one(Merchant, merchant_id)

    def once(
        self,
        model: type[Row],
        work: Callable[[], Row],
        show: Callable[[Row], dict[str, Any]],
        *,
        status: int = 201,
    ) -> Response:
        """Do the POST's work unless it was done under its Idempotency-Key; show its row.

        A row that was just made is shown as it is in memory: what only that once can be told, such
        as the text of a key, ``show`` finds there and in no repeat.
        """
        made: list[Row] = []

        def work_once() -> UUID:
            made[:] = [work()]
            return made[0].id

        key = read_idempotency_key(self.request, _Caller(self.principal.acquirer_id))
        done = once(key, model.PREFIX, work_once)
        if done.is_replay:
            shown = show(model.objects.get(id=done.object_id))
            return Response(shown, status=200, headers={"Idempotent-Replayed": "true"})
        return Response(show(made[0]), status=status)


def _one(model: type[Row], text: str, **of: Any) -> Row:
    try:
        found = model.objects.filter(id=model.public_id_to_uuid(text), **of).first()
    except ids.InvalidId:
        found = None
    if found is None:
        raise NotFound("not_found", f"No such {model.PREFIX}_… id.")
    return found
