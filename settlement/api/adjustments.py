"""``/v1/adjustments``: what was given to the key's merchant by hand, or taken back."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.pages import PageQuery, page
from api.schema import PROBLEMS, query_parameters
from merchants.api.whole_merchant import WholeMerchantView
from merchants.state import Scope
from settlement import selectors
from settlement.api import objects
from settlement.models import Adjustment
from settlement.presentation import show_adjustment


class AdjustmentQuery(PageQuery):
    """Filters of the list."""

    currency: str | None = None


class Adjustments(WholeMerchantView):
    """``/v1/adjustments``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="list_adjustments",
        summary="List adjustments",
        responses={200: objects.AdjustmentPage, **PROBLEMS},
        parameters=query_parameters(AdjustmentQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(AdjustmentQuery, request.query_params)
        rows = selectors.list_adjustments(self.principal)
        if query.currency is not None:
            rows = rows.filter(currency=query.currency)
        read_cursor = Adjustment.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=show_adjustment))
