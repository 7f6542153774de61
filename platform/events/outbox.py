"""Publishing: an event row in the same statement as the change that it tells of."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kernel import clock, ids
from tenancy.fragments import Fragment

_SQL = """
INSERT INTO events_event
       (id, acquirer_id, merchant_id, livemode, type, object_id, payload, created_at)
SELECT %(event_id)s::uuid, acquirer_id, merchant_id, livemode, %(event_type)s, id,
       %(event_payload)s::jsonb, %(event_at)s::timestamptz
  FROM {source}
"""


def publish(event_type: str, *, payload: dict[str, Any], source: str) -> Fragment:
    """The event ``event_type`` of the row that ``source`` returns.

    ``source`` must return ``id, acquirer_id, merchant_id, livemode``; it is a name written in the
    program, never input. ``payload`` is the object as the API shows it.
    """
    event_id: UUID = ids.new_uuid()
    return Fragment(
        name="event",
        sql=_SQL.format(source=source),
        params={
            "event_id": event_id,
            "event_type": event_type,
            "event_payload": Jsonb(payload),
            "event_at": clock.now(),
        },
    )
