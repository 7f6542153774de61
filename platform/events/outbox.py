"""Publishing: an event and what is owed to endpoints, in the statement of the change itself."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from events.services import wake
from events.types import EventType
from kernel import clock, ids
from kernel.ids import beside
from tenancy.fragments import Fragment

_EVENT = """
INSERT INTO events_event
       (id, acquirer_id, merchant_id, livemode, type, object_id, payload, created_at)
SELECT %({name}_id)s::uuid, acquirer_id, merchant_id, livemode, %({name}_type)s, id,
       %({name}_payload)s::jsonb, %({name}_at)s::timestamptz
  FROM {source}
RETURNING id, acquirer_id, merchant_id, livemode, type, object_id, created_at
"""
# A delivery's id is its event's moment with random bits of its own (still a UUIDv7), so that
# deliveries sort as their events do. An endpoint is not sent the news of its own disabling.
_FAN_OUT = f"""
INSERT INTO events_delivery
       (id, acquirer_id, merchant_id, event_id, endpoint_id, status, due_at, tries, created_at)
SELECT {beside("happened.id")},
       happened.acquirer_id, happened.merchant_id, happened.id, endpoint.id, 'pending',
       happened.created_at, 0, happened.created_at
  FROM {{name}} AS happened
  JOIN events_webhookendpoint AS endpoint
    ON endpoint.merchant_id = happened.merchant_id AND endpoint.livemode = happened.livemode
 WHERE {{wants}}
RETURNING endpoint_id
"""  # noqa: S608 - the program's words
_WANTS_IT = """endpoint.is_enabled AND endpoint.id <> happened.object_id
   AND (endpoint.event_types = '{}' OR happened.type = ANY (endpoint.event_types))"""
_IS_IT = "endpoint.is_enabled AND endpoint.id = happened.object_id"


def publish(
    event_type: str, *, payload: dict[str, Any], source: str, name: str = "event"
) -> Fragment:
    """The event ``event_type`` of the row that ``source`` returns, and its deliveries.

    ``source`` must return ``id, acquirer_id, merchant_id, livemode``; it is a name written in the
    program, never input. ``payload`` is the object as the API shows it. A second event of one
    statement needs a ``name`` of its own. Raises ValueError for a type that events/types.py does
    not list.
    """
    return _publish(event_type, payload, source=source, name=name, wants=_WANTS_IT)


def publish_to_itself(event_type: str, *, payload: dict[str, Any], source: str) -> Fragment:
    """The event of an endpoint, sent to that endpoint alone, whatever types it asked for."""
    return _publish(event_type, payload, source=source, name="event", wants=_IS_IT)


def _publish(
    event_type: str, payload: dict[str, Any], *, source: str, name: str, wants: str
) -> Fragment:
    event_id: UUID = ids.new_uuid()
    return Fragment(
        name=name,
        sql=_EVENT.format(source=source, name=name),
        params={
            f"{name}_id": event_id,
            f"{name}_type": EventType(event_type).value,
            f"{name}_payload": Jsonb(payload),
            f"{name}_at": clock.now(),
        },
        also=(
            Fragment(
                f"{name}_deliveries",
                _FAN_OUT.format(name=name, wants=wants),
                {},
                then=wake.wake_endpoints,
            ),
        ),
    )
