"""Publishing: an event row in the same statement as the change that it tells of."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kernel import clock, ids
from tenancy.fragments import Fragment

_SQL = """
INSERT INTO events_event
       (id, acquirer_id, merchant_id, livemode, type, object_id, payload, created_at)
SELECT %({name}_id)s::uuid, acquirer_id, merchant_id, livemode, %({name}_type)s, id,
       %({name}_payload)s::jsonb, %({name}_at)s::timestamptz
  FROM {source}
"""


def publish(
    event_type: str, *, payload: dict[str, Any], source: str, name: str = "event"
) -> Fragment:
    """The event ``event_type`` of the row that ``source`` returns.

    ``source`` must return ``id, acquirer_id, merchant_id, livemode``; it is a name written in the
    program, never input. ``payload`` is the object as the API shows it. A second event of one
    statement needs a ``name`` of its own.
    """
    event_id: UUID = ids.new_uuid()
    return Fragment(
        name=name,
        sql=_SQL.format(source=source, name=name),
        params={
            f"{name}_id": event_id,
            f"{name}_type": event_type,
            f"{name}_payload": Jsonb(payload),
            f"{name}_at": clock.now(),
        },
    )
