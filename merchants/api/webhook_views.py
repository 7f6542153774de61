"""``/v1/webhook_endpoints``: where a merchant wants its events sent, and what came of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import kept_keys
from api.bodies import read, read_query
from api.once import Done, once
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from events import selectors
from events.models import Delivery, WebhookEndpoint
from events.models.endpoint import DisabledReason
from events.presentation import show_delivery, show_endpoint, show_event
from events.services import endpoints
from events.services.replay import REPLAY_LIMIT, replay_event, replay_range
from kernel import clock
from merchants.api import webhook_bodies as bodies
from merchants.api.whole_merchant import WholeMerchantView, read_id
from merchants.state import Scope


class WebhookView(WholeMerchantView):
    """What the calls below share."""

    def find(self, endpoint_id: str) -> WebhookEndpoint:
        """The key's own endpoint; raises NotFound."""
        return endpoints.find_endpoint(
            read_id("whe", endpoint_id), livemode=self.principal.livemode
        )

    def check(self, url: str) -> None:
        """Refuse an address that we would not call, unless this POST was answered before."""
        if kept_keys.find(self.idempotency_key) is None:
            endpoints.check_address(url, livemode=self.principal.livemode)

    def once(self, work: Callable[[], UUID], *, object_type: str = "whe") -> Done:
        """Do the POST's work unless it was done under its Idempotency-Key."""
        return once(self.idempotency_key, object_type, work)


def _show(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return show_endpoint(endpoint, now=clock.now())


def _answer(shown: dict[str, Any], done: Done, *, status: int) -> Response:
    if done.is_replay:
        return Response(shown, status=200, headers={"Idempotent-Replayed": "true"})
    return Response(shown, status=status)


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
        return _answer(_show(endpoint) | {"secret": endpoint.secret}, done, status=201)

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
        return Response(
            page(rows, query, read_cursor=WebhookEndpoint.public_id_to_uuid, show=_show)
        )


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
        return Response(_show(self.find(endpoint_id)))

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
        return Response(_show(endpoint))

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
        return _answer(_show(endpoint) | {"secret": endpoint.secret}, done, status=200)


class SendTest(WebhookView):
    """``/v1/webhook_endpoints/{id}/test``."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(
        operation_id="test_webhook_endpoint",
        summary="Send a test event to this endpoint",
        request=bodies.Nothing,
        responses={202: bodies.EventObject, 200: bodies.EventObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        read(bodies.Nothing, request.data or {})
        endpoint = self.find(endpoint_id)
        done = self.once(lambda: endpoints.send_test(endpoint), object_type="evt")
        event = selectors.get_event(
            done.object_id,
            merchant_id=self.principal.merchant_id,
            livemode=self.principal.livemode,
        )
        return _answer(show_event(event), done, status=202)


class ReplayEvents(WebhookView):
    """``/v1/webhook_endpoints/{id}/replay``."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(
        operation_id="replay_webhooks",
        summary="Send one event, or those of a time, again",
        request=bodies.Replay,
        responses={202: bodies.ReplayedEndpoint, 200: bodies.ReplayedEndpoint, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        body = read(bodies.Replay, request.data)
        endpoint = self.find(endpoint_id)
        done = self.once(lambda: self._replay(endpoint, body))
        pending = selectors.count_pending(endpoint, limit=REPLAY_LIMIT)
        return _answer(_show(endpoint) | {"pending_deliveries": pending}, done, status=202)

    def _replay(self, endpoint: WebhookEndpoint, body: bodies.Replay) -> UUID:
        if body.event is not None:
            replay_event(endpoint, body.event)
        elif body.created_gte is not None and body.created_lt is not None:
            replay_range(endpoint, created_gte=body.created_gte, created_lt=body.created_lt)
        return endpoint.id


class Deliveries(WebhookView):
    """``/v1/webhook_endpoints/{id}/deliveries``."""

    scopes = {"GET": Scope.WEBHOOKS_READ}

    @extend_schema(
        operation_id="list_webhook_deliveries",
        summary="List what was sent to this endpoint, with the answer to each try",
        responses={200: bodies.DeliveryPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        return Response(
            page(
                selectors.list_deliveries(self.find(endpoint_id)),
                read_query(PageQuery, request.query_params),
                read_cursor=Delivery.public_id_to_uuid,
                show=lambda row: show_delivery(row, tries=selectors.tries_of(row)),
            )
        )
