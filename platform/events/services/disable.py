"""Disabling an endpoint and telling its owner: by an event to the others, and by an e-mail."""

from copy import copy
from datetime import datetime

from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from events.outbox import publish
from events.presentation import show_endpoint
from events.types import EventType
from kernel import clock
from tenancy.fragments import Fragment, run

_DISABLED = """
UPDATE events_webhookendpoint
   SET is_enabled = false, disabled_reason = %(disabled_reason)s,
       disabled_at = %(disabled_at)s::timestamptz,
       mail_due_at = CASE WHEN contact_email <> '' AND %(disabled_is_ours)s
                          THEN %(disabled_at)s::timestamptz END
 WHERE id = %(disabled_id)s::uuid AND is_enabled
RETURNING id, acquirer_id, merchant_id, livemode
"""
# What the merchant did itself needs no letter to the merchant.
_OURS = frozenset({DisabledReason.GONE, DisabledReason.FAILING, DisabledReason.BY_STAFF})


def disabling(
    endpoint: WebhookEndpoint, reason: DisabledReason, *, now: datetime
) -> list[Fragment]:
    """The fragments that disable ``endpoint`` and say so; nothing if it is disabled already."""
    after = copy(endpoint)
    after.is_enabled, after.disabled_reason, after.disabled_at = False, reason.value, now
    disabled = Fragment(
        "disabled",
        _DISABLED,
        {
            "disabled_reason": reason.value,
            "disabled_at": now,
            "disabled_is_ours": reason in _OURS,
            "disabled_id": endpoint.id,
        },
    )
    news = show_endpoint(after, now=now)
    return [disabled, publish(EventType.ENDPOINT_DISABLED, payload=news, source="disabled")]


def disable_endpoint(endpoint: WebhookEndpoint, reason: DisabledReason) -> bool:
    """Send it nothing from now on, neither what is owed already; True if it was enabled."""
    row = run(disabling(endpoint, reason, now=clock.now()), tail="SELECT count(*) FROM disabled")
    endpoint.refresh_from_db()
    return row is not None and row[0] == 1
