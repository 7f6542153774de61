"""``/v1/merchants/{id}/api_keys``: what the merchant's ECR signs in with."""

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel.errors import Forbidden, NotFound
from merchants.api.acquirer import bodies
from merchants.api.acquirer.base import AcquirerView, Row
from merchants.models import ApiKey, Merchant, Store, Terminal
from merchants.presentation import ApiKeyObject, show_api_key
from merchants.services.api_keys import issue_api_key, revoke_api_key, roll_api_key
from merchants.state import AcquirerScope
from tenancy.saving import faulty


class KeyView(AcquirerView):
    """What the calls below share."""

    def key(self, merchant_id: str, key_id: str) -> ApiKey:
        """The merchant's key of the address; raises NotFound."""
        return self.find(ApiKey, key_id, merchant=self.merchant(merchant_id))

    def check_mode(self, *, livemode: bool) -> None:
        """Live keys need a scope of their own; raises Forbidden."""
        needed = AcquirerScope.LIVE_KEYS_WRITE
        if livemode and needed not in self.principal.scopes:
            raise Forbidden("missing_scope", f"A live key needs the scope {needed} as well.")


class MerchantApiKeys(KeyView):
    """``/v1/merchants/{id}/api_keys``."""

    scopes = {"GET": AcquirerScope.KEYS_READ, "POST": AcquirerScope.KEYS_WRITE}

    @extend_schema(
        operation_id="list_merchant_api_keys",
        summary="List a merchant's API keys",
        responses={200: bodies.ApiKeyPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        rows = ApiKey.objects.filter(merchant=self.merchant(merchant_id))
        query = read_query(PageQuery, request.query_params)
        read_cursor = ApiKey.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=show_api_key))

    @extend_schema(
        operation_id="create_merchant_api_key",
        summary="Issue an API key of a merchant; its text is answered this once",
        request=bodies.CreateApiKey,
        responses={201: bodies.ApiKeyWithText, 200: bodies.ApiKeyWithText, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str) -> Response:
        merchant = self.merchant(merchant_id)
        body = read(bodies.CreateApiKey, request.data)
        self.check_mode(livemode=body.livemode)
        store, terminal = self._place(merchant, body)

        def issue() -> ApiKey:
            return issue_api_key(
                merchant=merchant,
                label=body.label,
                livemode=body.livemode,
                scopes=body.scopes,
                store=store,
                terminal=terminal,
                allowed_networks=body.allowed_networks,
                expires_at=body.expires_at,
            )[0]

        return self.once(ApiKey, issue, bodies.show_api_key_once)

    def _place(
        self, merchant: Merchant, body: bodies.CreateApiKey
    ) -> tuple[Store | None, Terminal | None]:
        return (
            self._named(Store, "store", body.store, merchant),
            self._named(Terminal, "terminal", body.terminal, merchant),
        )

    def _named(
        self, model: type[Row], name: str, text: str | None, merchant: Merchant
    ) -> Row | None:
        try:
            return None if text is None else self.find(model, text, merchant=merchant)
        except NotFound:
            raise faulty(name, f"This merchant has no such {name}.") from None


class RollApiKey(KeyView):
    """``/v1/merchants/{id}/api_keys/{id}/roll``."""

    scopes = {"POST": AcquirerScope.KEYS_WRITE}

    @extend_schema(
        operation_id="roll_merchant_api_key",
        summary="Issue a key's successor; the old one goes on for a while",
        request=bodies.RollKey,
        responses={201: bodies.ApiKeyWithText, 200: bodies.ApiKeyWithText, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str, key_id: str) -> Response:
        key = self.key(merchant_id, key_id)
        self.check_mode(livemode=key.livemode)
        body = read(bodies.RollKey, request.data or {})

        overlap = timedelta(hours=body.overlap_hours)
        return self.once(
            ApiKey, lambda: roll_api_key(key, overlap=overlap)[0], bodies.show_api_key_once
        )


class RevokeApiKey(KeyView):
    """``/v1/merchants/{id}/api_keys/{id}/revoke``."""

    scopes = {"POST": AcquirerScope.KEYS_WRITE}

    @extend_schema(
        operation_id="revoke_merchant_api_key",
        summary="Refuse a key from now on; again changes nothing",
        request=None,
        responses={200: ApiKeyObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str, key_id: str) -> Response:
        read(bodies.Nothing, request.data or {})
        key = self.key(merchant_id, key_id)

        def revoke() -> ApiKey:
            revoke_api_key(key)
            return key

        return self.once(ApiKey, revoke, show_api_key, status=200)
