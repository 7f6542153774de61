"""Webhook endpoints of the people that tests are about."""

from typing import Any

from events.models import WebhookEndpoint
from tenancy.scope import platform_scope
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
