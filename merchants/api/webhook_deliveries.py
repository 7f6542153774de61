"""What was sent to an endpoint, and sending it again: tests, replays and the list of tries."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from events import selectors
from events.models import Delivery, WebhookEndpoint
from events.presentation import show_delivery, show_event
from events.services import endpoints
from events.services.replay import REPLAY_LIMIT, replay_event, replay_range
from merchants.api import webhook_bodies as bodies
from merchants.api.webhook_base import WebhookView, answer, show
from merchants.state import Scope


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
        return answer(show_event(event), done, status=202)


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
        return answer(show(endpoint) | {"pending_deliveries": pending}, done, status=202)

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
