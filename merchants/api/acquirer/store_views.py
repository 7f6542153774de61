"""``/v1/merchants/{id}/stores`` and their terminals."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from merchants.api import bodies as shown
from merchants.api.acquirer import bodies
from merchants.api.acquirer.base import AcquirerView
from merchants.api.acquirer.places import columns
from merchants.models import Store, Terminal
from merchants.services import change_store, change_terminal, create_store, create_terminal
from merchants.state import AcquirerScope


class MerchantStores(AcquirerView):
    """``/v1/merchants/{id}/stores``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ, "POST": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="list_merchant_stores",
        summary="List a merchant's stores",
        responses={200: shown.StorePage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        rows = Store.objects.filter(merchant=self.merchant(merchant_id)).select_related("merchant")
        query = read_query(PageQuery, request.query_params)
        read_cursor = Store.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=shown.show_store))

    @extend_schema(
        operation_id="create_merchant_store",
        summary="Open a store of a merchant",
        request=bodies.CreateStore,
        responses={201: shown.StoreObject, 200: shown.StoreObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str) -> Response:
        merchant = self.merchant(merchant_id)
        content = columns(read(bodies.CreateStore, request.data))
        return self.once(
            Store, lambda: create_store(merchant=merchant, **content), shown.show_store
        )


class OneMerchantStore(AcquirerView):
    """``/v1/merchants/{id}/stores/{id}``."""

    scopes = {"PATCH": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="change_merchant_store",
        summary="Correct a store, suspend it or close it",
        request=bodies.ChangeStore,
        responses={200: shown.StoreObject, **PROBLEMS},
    )
    def patch(self, request: Request, merchant_id: str, store_id: str) -> Response:
        changes = columns(read(bodies.ChangeStore, request.data))
        store = self.find(Store, store_id, merchant=self.merchant(merchant_id))
        return Response(shown.show_store(change_store(store, changes)))


class StoreTerminals(AcquirerView):
    """``/v1/merchants/{id}/stores/{id}/terminals``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ, "POST": AcquirerScope.MERCHANTS_WRITE}

    def _store(self, merchant_id: str, store_id: str) -> Store:
        return self.find(Store, store_id, merchant=self.merchant(merchant_id))

    @extend_schema(
        operation_id="list_store_terminals",
        summary="List a store's terminals",
        responses={200: shown.TerminalPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str, store_id: str) -> Response:
        rows = Terminal.objects.filter(store=self._store(merchant_id, store_id))
        query = read_query(PageQuery, request.query_params)
        read_cursor = Terminal.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=shown.show_terminal))

    @extend_schema(
        operation_id="create_store_terminal",
        summary="Put a terminal into a store",
        request=bodies.CreateTerminal,
        responses={201: shown.TerminalObject, 200: shown.TerminalObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str, store_id: str) -> Response:
        store = self._store(merchant_id, store_id)
        content = read(bodies.CreateTerminal, request.data).model_dump()
        return self.once(
            Terminal, lambda: create_terminal(store=store, **content), shown.show_terminal
        )


class OneStoreTerminal(AcquirerView):
    """``/v1/merchants/{id}/stores/{id}/terminals/{id}``."""

    scopes = {"PATCH": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="change_store_terminal",
        summary="Rename a terminal, suspend it or close it",
        request=bodies.ChangeTerminal,
        responses={200: shown.TerminalObject, **PROBLEMS},
    )
    def patch(
        self, request: Request, merchant_id: str, store_id: str, terminal_id: str
    ) -> Response:
        changes = read(bodies.ChangeTerminal, request.data).model_dump(exclude_none=True)
        store = self.find(Store, store_id, merchant=self.merchant(merchant_id))
        terminal = self.find(Terminal, terminal_id, store=store)
        return Response(shown.show_terminal(change_terminal(terminal, changes)))
