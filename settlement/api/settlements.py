"""``/v1/settlements``: what was settled with the key's merchant."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.pages import PageQuery, narrow, page
from api.schema import PROBLEMS, query_parameters
from merchants.api.whole_merchant import WholeMerchantView, read_id
from merchants.state import Scope
from settlement import selectors
from settlement.api import objects
from settlement.api.days import BusinessDate
from settlement.models import Batch
from settlement.presentation import show_batch


class SettlementQuery(PageQuery):
    """Filters of the list; days are business dates."""

    currency: str | None = None
    business_date_gte: BusinessDate | None = None
    business_date_lt: BusinessDate | None = None


class Settlements(WholeMerchantView):
    """``/v1/settlements``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="list_settlements",
        summary="List settlements",
        responses={200: objects.SettlementPage, **PROBLEMS},
        parameters=query_parameters(SettlementQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(SettlementQuery, request.query_params)
        rows = narrow(
            selectors.list_batches(self.principal),
            currency=query.currency,
            business_date__gte=query.business_date_gte,
            business_date__lt=query.business_date_lt,
        )
        return Response(page(rows, query, read_cursor=Batch.public_id_to_uuid, show=show_batch))


class OneSettlement(WholeMerchantView):
    """``/v1/settlements/{id}``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="get_settlement",
        summary="Read a settlement",
        responses={200: objects.SettlementObject, **PROBLEMS},
    )
    def get(self, request: Request, settlement_id: str) -> Response:
        batch = selectors.get_batch(self.principal, read_id("set", settlement_id))
        return Response(show_batch(batch))
