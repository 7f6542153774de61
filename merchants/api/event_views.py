"""``/v1/events``: the same events as by webhook, to be fetched."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.pages import page
from api.schema import PROBLEMS, query_parameters
from events import selectors
from events.models import Event
from events.presentation import show_event
from merchants.api import webhook_bodies as bodies
from merchants.api.whole_merchant import WholeMerchantView, read_id
from merchants.state import Scope


class Events(WholeMerchantView):
    """``/v1/events``."""

    scopes = {"GET": Scope.EVENTS_READ}

    @extend_schema(
        operation_id="list_events",
        summary="List events",
        responses={200: bodies.EventPage, **PROBLEMS},
        parameters=query_parameters(bodies.EventQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.EventQuery, request.query_params)
        rows = selectors.list_events(
            merchant_id=self.principal.merchant_id,
            livemode=self.principal.livemode,
            type=query.type,
            object_id=query.object,
            created_at__gte=query.created_gte,
            created_at__lt=query.created_lt,
        )
        return Response(page(rows, query, read_cursor=Event.public_id_to_uuid, show=show_event))


class OneEvent(WholeMerchantView):
    """``/v1/events/{id}``."""

    scopes = {"GET": Scope.EVENTS_READ}

    @extend_schema(
        operation_id="get_event",
        summary="Read an event",
        responses={200: bodies.EventObject, **PROBLEMS},
    )
    def get(self, request: Request, event_id: str) -> Response:
        event = selectors.get_event(
            read_id("evt", event_id),
            merchant_id=self.principal.merchant_id,
            livemode=self.principal.livemode,
        )
        return Response(show_event(event))
