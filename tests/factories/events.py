"""Webhook endpoints and events of the people that tests are about."""

from typing import Any
from uuid import UUID

from events.models import WebhookEndpoint
from events.outbox import publish
from events.types import EventType
from kernel import ids
from tenancy.fragments import Fragment, run
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person

SECRET = "whsec_dGVzdHMtb25seS1zZWNyZXQtb2YtMzItYnl0ZXMtISE="


def make_endpoint(person: Person, **values: Any) -> WebhookEndpoint:
    """An enabled test-mode endpoint of ``person`` for all events."""
    given = {
        "acquirer": person.acquirer,
        "merchant_id": person.merchant.id,
        "livemode": False,
        "url": "http://127.0.0.1:9/hook",
        "secret": SECRET,
    }
    with platform_scope():
        return WebhookEndpoint.objects.create(**(given | values))


def happen(person: Person, event_type: str = EventType.PAYMENT_SUCCEEDED, **data: Any) -> UUID:
    """An event of ``person``'s, published as the platform does; the id of what it is about."""
    object_id = ids.new_uuid()
    fact = Fragment(
        "fact",
        "SELECT %(fact_id)s::uuid AS id, %(fact_acquirer)s::uuid AS acquirer_id,"
        " %(fact_merchant)s::uuid AS merchant_id, false AS livemode",
        {
            "fact_id": object_id,
            "fact_acquirer": person.acquirer.id,
            "fact_merchant": person.merchant.id,
        },
    )
    with tenant_scope(person.acquirer.id):
        event = publish(event_type, payload={"object": "payment"} | data, source="fact")
        run([fact, event], tail="SELECT count(*) FROM fact")
    return object_id
