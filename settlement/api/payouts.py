"""``/v1/payouts``: money on its way to a merchant's bank account, and how far it is."""

from typing import Annotated, Any

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query, read_query
from api.pages import PageQuery, narrow, page
from api.schema import PROBLEMS, query_parameters
from kernel.clock import show_time
from merchants.api.either import EitherView, MerchantId
from merchants.api.whole_merchant import read_id
from merchants.state import Scope
from settlement import selectors
from settlement.api import objects
from settlement.api.days import BusinessDate
from settlement.models import Payout
from settlement.presentation import show_payout
from settlement.state import PayoutStatus


class PayoutQuery(PageQuery):
    """``pays_on`` is the day on which the bank is to pay; an acquirer's key may name a merchant."""

    status: PayoutStatus | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    pays_on_gte: BusinessDate | None = None
    pays_on_lt: BusinessDate | None = None
    merchant: MerchantId | None = None
    livemode: bool | None = None


def show_steps(row: Payout) -> dict[str, Any]:
    """The payout with each step that it has gone, oldest first."""
    steps = row.transitions.order_by("number")
    return show_payout(row) | {
        "steps": [
            {
                "status": step.to_status,
                "at": show_time(step.created_at),
                "reason": step.reason or None,
            }
            for step in steps
        ]
    }


class Payouts(EitherView):
    """``/v1/payouts``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="list_payouts",
        summary="List payouts",
        responses={200: objects.PayoutPage, **PROBLEMS},
        parameters=query_parameters(PayoutQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(PayoutQuery, request.query_params)
        rows = narrow(
            selectors.list_payouts(*self.whose(query.merchant, query.livemode)),
            status=query.status,
            currency=query.currency,
            pays_on__gte=query.pays_on_gte,
            pays_on__lt=query.pays_on_lt,
        )
        return Response(page(rows, query, read_cursor=Payout.public_id_to_uuid, show=show_payout))


class OnePayout(EitherView):
    """``/v1/payouts/{id}``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="get_payout",
        summary="Read a payout with its steps",
        responses={200: objects.PayoutWithSteps, **PROBLEMS},
    )
    def get(self, request: Request, payout_id: str) -> Response:
        read_query(Query, request.query_params)
        rows = selectors.list_payouts(*self.whose(None, None))
        return Response(show_steps(selectors.get_payout(rows, read_id(Payout.PREFIX, payout_id))))
