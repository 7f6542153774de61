"""``/v1/merchants``: the acquirer's merchants."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from merchants.api.acquirer import bodies
from merchants.api.acquirer.base import AcquirerView
from merchants.api.acquirer.places import columns
from merchants.models import Merchant
from merchants.services import change_merchant, create_merchant
from merchants.state import AcquirerScope
from tenancy.models import Acquirer


class Merchants(AcquirerView):
    """``/v1/merchants``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ, "POST": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="list_merchants",
        summary="List the acquirer's merchants",
        responses={200: bodies.MerchantPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(PageQuery, request.query_params)
        rows, read_cursor = Merchant.objects.all(), Merchant.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=bodies.show_merchant))

    @extend_schema(
        operation_id="create_merchant",
        summary="Draft a merchant",
        request=bodies.CreateMerchant,
        responses={201: bodies.MerchantObject, 200: bodies.MerchantObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        content = columns(read(bodies.CreateMerchant, request.data))
        acquirer = Acquirer.objects.get(id=self.principal.acquirer_id)
        return self.once(
            Merchant, lambda: create_merchant(acquirer=acquirer, **content), bodies.show_merchant
        )


class OneMerchant(AcquirerView):
    """``/v1/merchants/{id}``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ, "PATCH": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="get_merchant",
        summary="Read a merchant",
        responses={200: bodies.MerchantObject, **PROBLEMS},
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        return Response(bodies.show_merchant(self.merchant(merchant_id)))

    @extend_schema(
        operation_id="change_merchant",
        summary="Correct a merchant",
        request=bodies.ChangeMerchant,
        responses={200: bodies.MerchantObject, **PROBLEMS},
    )
    def patch(self, request: Request, merchant_id: str) -> Response:
        changes = columns(read(bodies.ChangeMerchant, request.data))
        merchant = change_merchant(self.merchant(merchant_id), changes)
        return Response(bodies.show_merchant(merchant))
