"""Reads: events, endpoints and deliveries of the scope in force."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from events.models import Delivery, DeliveryTry, Event, WebhookEndpoint
from events.models.endpoint import DisabledReason
from kernel.errors import NotFound

TRIES_SHOWN = 20  # of one delivery: the newest
_STORY_LIMIT = 500  # events of one story


@dataclass(frozen=True, slots=True)
class Told:
    """An event and how one endpoint was told of it; ``tries`` oldest first."""

    event: Event
    delivery: Delivery
    tries: list[DeliveryTry]


def list_events(*, merchant_id: UUID, livemode: bool, **filters: Any) -> QuerySet[Event, Event]:
    """The merchant's feed, narrowed by every filter that is not None."""
    rows = Event.objects.filter(merchant_id=merchant_id, livemode=livemode)
    return rows.filter(**{name: value for name, value in filters.items() if value is not None})


def get_event(event_id: UUID, *, merchant_id: UUID, livemode: bool) -> Event:
    """One event; raises NotFound also for somebody else's."""
    event = list_events(merchant_id=merchant_id, livemode=livemode, id=event_id).first()
    if event is None:
        raise NotFound("not_found", "No such event.")
    return event


def list_endpoints(
    *, merchant_id: UUID, livemode: bool
) -> QuerySet[WebhookEndpoint, WebhookEndpoint]:
    """The merchant's endpoints without those it has deleted."""
    rows = WebhookEndpoint.objects.filter(merchant_id=merchant_id, livemode=livemode)
    return rows.exclude(disabled_reason=DisabledReason.DELETED)


def list_deliveries(endpoint: WebhookEndpoint) -> QuerySet[Delivery, Delivery]:
    """What was and is owed to the endpoint, each with its newest tries."""
    return with_tries(Delivery.objects.filter(endpoint=endpoint))


def with_tries(rows: QuerySet[Delivery, Delivery]) -> QuerySet[Delivery, Delivery]:
    """``rows`` with their events, endpoints and newest tries, in three queries for all of them."""
    newest = Prefetch(
        "history", DeliveryTry.objects.order_by("-id")[:TRIES_SHOWN], to_attr="newest"
    )
    return rows.select_related("event", "endpoint").prefetch_related(newest)


def tries_of(delivery: Delivery) -> list[DeliveryTry]:
    """The newest tries, oldest first; ``delivery`` comes from one of the lists above."""
    newest: list[DeliveryTry] = getattr(delivery, "newest", [])
    return list(reversed(newest))


def deliveries_of(*object_ids: UUID) -> list[Told]:
    """How everybody was told what happened to these objects, in the order of events."""
    rows = Delivery.objects.filter(event__object_id__in=object_ids).order_by("-id")
    found = list(with_tries(rows)[:_STORY_LIMIT])
    return [Told(each.event, each, tries_of(each)) for each in reversed(found)]


def count_pending(endpoint: WebhookEndpoint, *, limit: int) -> int:
    """How many deliveries are owed to the endpoint; counting ends at ``limit``."""
    rows = Delivery.objects.filter(endpoint=endpoint, due_at__isnull=False)
    return rows[:limit].count()
