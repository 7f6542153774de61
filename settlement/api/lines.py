"""``/v1/settlements/{id}/lines``: each entry that was settled, with its fee and what made it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.pages import PageQuery, page
from api.schema import PROBLEMS, query_parameters
from kernel import ids
from kernel.clock import show_time
from merchants.api.whole_merchant import WholeMerchantView, read_id
from merchants.state import Scope
from payments.models import Payment, Refund
from settlement import selectors
from settlement.api import objects
from settlement.models import Batch, FeeVersion, Line, VatRate


def show_line(row: Line) -> dict[str, Any]:
    """The line object of the REST API; amounts signed from the merchant's view."""
    public = {
        "payment": (Payment.PREFIX, row.payment_id),
        "refund": (Refund.PREFIX, row.refund_id),
        "fee_version": (FeeVersion.PREFIX, row.fee_version_id),
        "vat_rate": (VatRate.PREFIX, row.vat_rate_id),
    }
    return {
        "object": "settlement_line",
        "id": row.public_id,
        "kind": row.kind,
        "booked_at": show_time(row.booked_at),
        "business_date": row.business_date.isoformat(),
        "currency": row.currency,
        "gross": row.gross_minor,
        "fee": row.fee_minor,
        "vat": row.vat_minor,
        "net": row.net_minor,
    } | {
        name: None if key is None else ids.encode(prefix, key)
        for name, (prefix, key) in public.items()
    }


class Lines(WholeMerchantView):
    """``/v1/settlements/{id}/lines``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="list_settlement_lines",
        summary="List the lines of a settlement",
        responses={200: objects.LinePage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, settlement_id: str) -> Response:
        batch = selectors.get_batch(self.principal, read_id(Batch.PREFIX, settlement_id))
        query = read_query(PageQuery, request.query_params)
        rows = Line.objects.filter(batch=batch)
        return Response(page(rows, query, read_cursor=Line.public_id_to_uuid, show=show_line))
