"""Events, endpoints and deliveries as outsiders see them: in answers and in events alike."""

from datetime import datetime
from typing import Any

from events.models import Delivery, DeliveryTry, Event, WebhookEndpoint
from kernel import ids
from kernel.clock import show_time


def show_event(event: Event) -> dict[str, Any]:
    """The event object; ``data`` is what webhooks carry too."""
    return {
        "object": "event",
        "id": event.public_id,
        "type": event.type,
        "livemode": event.livemode,
        "created_at": show_time(event.created_at),
        "data": event.payload,
    }


def show_endpoint(endpoint: WebhookEndpoint, *, now: datetime) -> dict[str, Any]:
    """The endpoint without its secrets; ``now`` says if an old one still signs."""
    ends = endpoint.previous_secret_ends_at
    return {
        "object": "webhook_endpoint",
        "id": endpoint.public_id,
        "livemode": endpoint.livemode,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "contact_email": endpoint.contact_email or None,
        "status": "enabled" if endpoint.is_enabled else "disabled",
        "disabled_reason": endpoint.disabled_reason or None,
        "disabled_at": show_time(endpoint.disabled_at),
        "failing_since": show_time(endpoint.failing_since),
        "previous_secret_ends_at": show_time(ends) if ends and ends > now else None,
        "created_at": show_time(endpoint.created_at),
    }


def show_delivery(delivery: Delivery, *, tries: list[DeliveryTry]) -> dict[str, Any]:
    """The delivery with its latest tries, oldest first."""
    return {
        "object": "delivery",
        "id": delivery.public_id,
        "event": ids.encode(Event.PREFIX, delivery.event_id),
        "event_type": delivery.event.type,
        "status": delivery.status,
        "next_try_at": show_time(delivery.due_at),
        "tries": [show_try(each) for each in tries],
        "created_at": show_time(delivery.created_at),
    }


def show_try(one: DeliveryTry) -> dict[str, Any]:
    """One request and what came of it."""
    return {
        "tried_at": show_time(one.created_at),
        "url": one.url,
        "duration_ms": one.duration_ms,
        "http_status": one.http_status,
        "error": one.error or None,
        "answer": one.answer,
    }
