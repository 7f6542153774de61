"""Telling a merchant of an incident of its own: an event, in the transaction that moved the row.

What is of a whole account is no merchant's and has no event; tills ask GET /v1/status for it.
"""

from uuid import UUID

from events.outbox import publish
from events.types import EventType
from portal.models import Incident
from portal.presentation import show_incident
from tenancy.fragments import Fragment, run

_CAUSE = """
SELECT id, acquirer_id, merchant_id, livemode FROM portal_incident WHERE id = %(cause_id)s
"""


def announce(incident_id: UUID, event_type: EventType) -> None:
    """``incident.opened`` or ``incident.closed`` of the row as it stands."""
    row = Incident.objects.select_related("merchant", "store", "terminal", "key").get(
        id=incident_id
    )
    if row.merchant_id is None:
        return
    cause = Fragment("cause", _CAUSE, {"cause_id": row.id})
    told = publish(event_type, payload=show_incident(row), source="cause")
    run([cause, told], tail="SELECT id FROM event")
