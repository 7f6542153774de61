"""``/v1/stores`` and ``/v1/terminals``: what the caller's key may use."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.pages import PageQuery, page
from api.schema import PROBLEMS, query_parameters
from merchants import selectors
from merchants.api import bodies
from merchants.api.base import MerchantView
from merchants.models import Store, Terminal
from merchants.state import Scope


class Stores(MerchantView):
    """``/v1/stores``."""

    scopes = {"GET": Scope.STORES_READ}

    @extend_schema(
        operation_id="list_stores",
        summary="List the stores that this key may use",
        responses={200: bodies.StorePage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request) -> Response:
        return Response(
            page(
                selectors.list_stores(self.principal).select_related("merchant"),
                read_query(PageQuery, request.query_params),
                read_cursor=Store.public_id_to_uuid,
                show=bodies.show_store,
            )
        )


class Terminals(MerchantView):
    """``/v1/terminals``."""

    scopes = {"GET": Scope.STORES_READ}

    @extend_schema(
        operation_id="list_terminals",
        summary="List the terminals that this key may use",
        responses={200: bodies.TerminalPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request) -> Response:
        return Response(
            page(
                selectors.list_terminals(self.principal),
                read_query(PageQuery, request.query_params),
                read_cursor=Terminal.public_id_to_uuid,
                show=bodies.show_terminal,
            )
        )
