"""Sending again: one event, or every event of a time, under the ids they always had."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events.models import Delivery, WebhookEndpoint
from events.services import wake
from events.services.endpoints import refuse_disabled
from events.types import EventType
from kernel import clock, ids
from kernel.errors import NotFound
from kernel.ids import beside
from tenancy.saving import faulty

REPLAY_LIMIT = 1000  # events of one call
RANGE_LIMIT = timedelta(days=31)
# What is being tried at this moment is left alone; everything else is due now, from its first try.
_OWE = f"""
INSERT INTO events_delivery
       (id, acquirer_id, merchant_id, event_id, endpoint_id, status, due_at, tries, created_at)
SELECT {beside("happened.id")},
       happened.acquirer_id, happened.merchant_id, happened.id, %(endpoint)s, 'pending', %(now)s,
       0, %(now)s
  FROM events_event AS happened WHERE happened.id = ANY (%(events)s::uuid[])
ON CONFLICT (event_id, endpoint_id) DO UPDATE
   SET status = 'pending', due_at = excluded.due_at, tries = 0
 WHERE events_delivery.claim IS NULL
"""  # noqa: S608 - the program's words
# Ids are time-ordered, so the feed's index finds the range.
_IN_RANGE = """
SELECT id FROM events_event
 WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s
   AND id >= %(first)s::uuid AND id < %(end)s::uuid
   AND created_at >= %(created_gte)s AND created_at < %(created_lt)s
   AND type <> %(test)s AND object_id <> %(endpoint)s
   AND (%(types)s::varchar[] = '{}' OR type = ANY (%(types)s::varchar[]))
 ORDER BY id LIMIT %(limit)s
"""


def replay_event(endpoint: WebhookEndpoint, event_id: UUID) -> None:
    """Send one event of the endpoint's merchant and mode again, whatever types it asked for.

    Raises NotFound, Conflict ``endpoint_disabled``.
    """
    refuse_disabled(endpoint)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM events_event WHERE id = %s AND merchant_id = %s AND livemode = %s",
            [event_id, endpoint.merchant_id, endpoint.livemode],
        )
        if cursor.fetchone() is None:
            raise NotFound("not_found", "No such event.")
    _owe(endpoint, [event_id])


def replay_range(endpoint: WebhookEndpoint, *, created_gte: datetime, created_lt: datetime) -> int:
    """Send every event of the types it asked for again, also those it was never owed; how many.

    Raises Rejected for a time that is empty, too long, or holds more than REPLAY_LIMIT events
    (then nothing is sent), Conflict ``endpoint_disabled``.
    """
    refuse_disabled(endpoint)
    if not timedelta(0) < created_lt - created_gte <= RANGE_LIMIT:
        raise faulty("created_lt", f"After created_gte, and at most {RANGE_LIMIT.days} days.")
    found = _list_events(endpoint, created_gte, created_lt)
    if len(found) > REPLAY_LIMIT:
        raise faulty("created_lt", f"More than {REPLAY_LIMIT} events: replay a shorter time.")
    _owe(endpoint, found)
    return len(found)


def replay_delivery(delivery: Delivery) -> None:
    """Send one delivery again; raises Conflict ``endpoint_disabled``."""
    refuse_disabled(delivery.endpoint)
    _owe(delivery.endpoint, [delivery.event_id])


def _list_events(
    endpoint: WebhookEndpoint, created_gte: datetime, created_lt: datetime
) -> list[UUID]:
    params: dict[str, Any] = {
        "merchant": endpoint.merchant_id,
        "livemode": endpoint.livemode,
        "first": ids.first_uuid_at(created_gte),
        "end": ids.first_uuid_at(created_lt + timedelta(milliseconds=1)),
        "created_gte": created_gte,
        "created_lt": created_lt,
        "test": EventType.ENDPOINT_TEST.value,
        "endpoint": endpoint.id,
        "types": endpoint.event_types,
        "limit": REPLAY_LIMIT + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IN_RANGE, params)
        return [row[0] for row in cursor.fetchall()]


def _owe(endpoint: WebhookEndpoint, event_ids: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OWE, {"endpoint": endpoint.id, "now": clock.now(), "events": event_ids})
    transaction.on_commit(lambda: wake.wake_endpoints([endpoint.id]))
