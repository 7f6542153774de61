"""``/v1/webhook_endpoints``: where a merchant wants its events sent, and what signs them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from events import selectors
from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from events.services import endpoints
from merchants.api import webhook_bodies as bodies
from merchants.api.webhook_base import WebhookView, answer, show
from merchants.state import Scope


class WebhookEndpoints(WebhookView):
    """``/v1/webhook_endpoints``."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE, "GET": Scope.WEBHOOKS_READ}

    @extend_schema(
        operation_id="create_webhook_endpoint",
        summary="Have events sent to an address",
        request=bodies.CreateEndpoint,
        responses={201: bodies.EndpointWithSecret, 200: bodies.EndpointWithSecret, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(bodies.CreateEndpoint, request.data)
        self.check(body.url)
        done = self.once(lambda: self._create(body))
        endpoint = WebhookEndpoint.objects.get(id=done.object_id)
        return answer(show(endpoint) | {"secret": endpoint.secret}, done, status=201)

    def _create(self, body: bodies.CreateEndpoint) -> UUID:
        return endpoints.create_endpoint(
            acquirer_id=self.principal.acquirer_id,
            merchant_id=self.principal.merchant_id,
            livemode=self.principal.livemode,
            url=body.url,
            description=body.description,
            event_types=body.event_types,
            contact_email=body.contact_email or "",
        ).id

    @extend_schema(
        operation_id="list_webhook_endpoints",
        summary="List webhook endpoints",
        responses={200: bodies.EndpointPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request) -> Response:
        rows = selectors.list_endpoints(
            merchant_id=self.principal.merchant_id, livemode=self.principal.livemode
        )
        query = read_query(PageQuery, request.query_params)
        return Response(page(rows, query, read_cursor=WebhookEndpoint.public_id_to_uuid, show=show))


class OneWebhookEndpoint(WebhookView):
    """``/v1/webhook_endpoints/{id}``."""

    scopes = {
        "GET": Scope.WEBHOOKS_READ,
        "PATCH": Scope.WEBHOOKS_WRITE,
        "DELETE": Scope.WEBHOOKS_WRITE,
    }

    @extend_schema(
        operation_id="get_webhook_endpoint",
        summary="Read a webhook endpoint",
        responses={200: bodies.EndpointObject, **PROBLEMS},
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        return Response(show(self.find(endpoint_id)))

    @extend_schema(
        operation_id="change_webhook_endpoint",
        summary="Change, disable or enable a webhook endpoint",
        request=bodies.ChangeEndpoint,
        responses={200: bodies.EndpointObject, **PROBLEMS},
    )
    def patch(self, request: Request, endpoint_id: str) -> Response:
        body = read(bodies.ChangeEndpoint, request.data or {})
        endpoint = self.find(endpoint_id)
        changes = {name: getattr(body, name) for name in body.model_fields_set}
        status = changes.pop("status", None)
        if "contact_email" in changes:
            changes["contact_email"] = body.contact_email or ""
        if body.url is not None:
            endpoints.check_address(body.url, livemode=endpoint.livemode)
        if changes:
            endpoints.change_endpoint(endpoint, **changes)
        if status == "enabled" and not endpoint.is_enabled:
            endpoints.enable_endpoint(endpoint)
        if status == "disabled":
            endpoints.switch_off(endpoint, DisabledReason.BY_MERCHANT)
        return Response(show(endpoint))

    @extend_schema(
        operation_id="delete_webhook_endpoint",
        summary="Delete a webhook endpoint",
        responses={204: None, **PROBLEMS},
    )
    def delete(self, request: Request, endpoint_id: str) -> Response:
        endpoints.delete_endpoint(self.find(endpoint_id))
        return Response(status=204)


class RotateSecret(WebhookView):
    """``/v1/webhook_endpoints/{id}/rotate_secret``."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(
        operation_id="rotate_webhook_secret",
        summary="Make a new secret; the old one signs beside it for 24 hours",
        request=bodies.Nothing,
        responses={200: bodies.EndpointWithSecret, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        read(bodies.Nothing, request.data or {})
        endpoint = self.find(endpoint_id)

        def work() -> UUID:
            endpoints.rotate_secret(endpoint)
            return endpoint.id

        done = self.once(work)
        return answer(show(endpoint) | {"secret": endpoint.secret}, done, status=200)
