"""``/v1/code_orders``: an acquirer's own system orders unique codes, and takes them away."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, read, read_query
from api.pages import PageQuery, narrow, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel import ids
from kernel.clock import show_time
from kernel.errors import FieldError, Rejected
from loyalty.api.coupon_bodies import CampaignId
from loyalty.campaign_state import CodeOrderStatus
from loyalty.code_file import code_rows
from loyalty.models import Campaign, CodeOrder, Coupon
from loyalty.services.code_orders import COUNT_LIMIT, order_codes
from merchants.api.acquirer.base import AcquirerView
from merchants.sheets.writing import answer_csv
from merchants.state import AcquirerScope
from tenancy.audit import note


class OrderCodes(Body):
    """So many unique codes of a campaign, each for one use."""

    campaign: CampaignId
    count: Annotated[int, Field(ge=1, le=COUNT_LIMIT)]


class CodeOrderQuery(PageQuery):
    """Filters of the list."""

    status: CodeOrderStatus | None = None
    campaign: CampaignId | None = None


class CodeOrderObject(BaseModel):
    """An order; `made` of `count` codes are there."""

    object: Literal["code_order"]
    id: str
    campaign: str
    count: int
    made: int
    status: CodeOrderStatus
    failure: str | None
    finished_at: str | None
    created_at: str


class CodeOrderPage(BaseModel):
    """A page of orders, newest first."""

    data: list[CodeOrderObject]
    has_more: bool
    next_cursor: str | None


def show_order(order: CodeOrder) -> dict[str, Any]:
    """The order object."""
    return {
        "object": "code_order",
        "id": order.public_id,
        "campaign": ids.encode(Campaign.PREFIX, order.campaign_id),
        "count": order.count,
        "made": order.made_count,
        "status": order.status,
        "failure": order.failure or None,
        "finished_at": show_time(order.finished_at),
        "created_at": show_time(order.created_at),
    }


class CodeOrders(AcquirerView):
    """``/v1/code_orders``."""

    scopes = {"GET": AcquirerScope.COUPONS_READ, "POST": AcquirerScope.COUPONS_WRITE}

    @extend_schema(
        operation_id="list_code_orders",
        summary="List orders of coupon codes",
        responses={200: CodeOrderPage, **PROBLEMS},
        parameters=query_parameters(CodeOrderQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(CodeOrderQuery, request.query_params)
        rows = narrow(CodeOrder.objects.all(), status=query.status, campaign_id=query.campaign)
        return Response(page(rows, query, read_cursor=CodeOrder.public_id_to_uuid, show=show_order))

    @extend_schema(
        operation_id="order_codes",
        summary="Order unique coupon codes",
        request=OrderCodes,
        responses={201: CodeOrderObject, 200: CodeOrderObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(OrderCodes, request.data)
        by = self.principal.actor
        return self.once(
            CodeOrder, lambda: order_codes(_campaign(body.campaign), body.count, by=by), show_order
        )


class OneCodeOrder(AcquirerView):
    """``/v1/code_orders/{id}``."""

    scopes = {"GET": AcquirerScope.COUPONS_READ}
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="get_code_order",
        summary="Read an order of coupon codes, and how far it is",
        responses={200: CodeOrderObject, **PROBLEMS},
    )
    def get(self, request: Request, order_id: str) -> Response:
        return Response(show_order(self.find(CodeOrder, order_id)))


class OrderedCodes(AcquirerView):
    """``/v1/code_orders/{id}/codes``."""

    scopes = {"GET": AcquirerScope.COUPONS_WRITE}  # a code is worth money to whoever has it
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="get_ordered_codes",
        summary="Take the codes of an order away, as CSV",
        responses={(200, "text/csv"): OpenApiTypes.BINARY, **PROBLEMS},
    )
    def get(self, request: Request, order_id: str) -> HttpResponseBase:
        order = self.find(CodeOrder, order_id)
        note("coupon_codes", str(order.id), acquirer_id=order.acquirer_id, detail={"as": "csv"})
        answer = answer_csv(code_rows(Coupon.objects.filter(order=order)), f"{order.public_id}.csv")
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


def _campaign(campaign_id: UUID) -> Campaign:
    found = Campaign.objects.filter(id=campaign_id).first()
    if found is None:
        fault = FieldError("campaign", "unknown", "No such cmp_… id.")
        raise Rejected("invalid_request", "Please correct: campaign.", errors=(fault,))
    return found
