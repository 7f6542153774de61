"""Delivering what is due for one endpoint: claim, send, record; then the others have their turn."""

import threading
from uuid import UUID

from django.conf import settings

from events import schedule, signing, wire
from events.models import Event, WebhookEndpoint
from events.services import wake
from events.services.claim import Claim, claim_next
from events.services.record import record
from kernel import clock
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope, tenant_scope

# Endpoints that fail or are slow share half of this process: the rest is always free for others.
_impaired_places = threading.BoundedSemaphore(max(1, settings.WEBHOOK_CONCURRENCY // 2))


def deliver_due(endpoint_id: UUID) -> int:
    """Deliver what is due for the endpoint, a turn at most; how many tries were made.

    Whatever is left is due still: the next turn stands at the end of the queue.
    """
    for tries in range(schedule.TURN_LIMIT):
        if not _deliver_next(endpoint_id):
            return tries
    wake.wake_endpoints([endpoint_id])
    return schedule.TURN_LIMIT


def _deliver_next(endpoint_id: UUID) -> bool:
    with platform_scope():
        endpoint = WebhookEndpoint.objects.filter(id=endpoint_id).first()
    if endpoint is None:
        return False
    with tenant_scope(endpoint.acquirer_id, endpoint.merchant_id):
        if not endpoint.is_impaired:
            return _claim_and_send(endpoint)
        if not _impaired_places.acquire(blocking=False):
            return False  # due still: the sweep comes again
        try:
            return _claim_and_send(endpoint)
        finally:
            _impaired_places.release()


def _claim_and_send(endpoint: WebhookEndpoint) -> bool:
    claim = claim_next(endpoint)
    if claim is None:
        return False
    started = clock.now()
    release_connection()  # nobody holds one while the endpoint thinks
    record(claim, send(claim), started=started)
    return True


def send(claim: Claim) -> wire.Answer:
    """One request, signed with every secret that is good now."""
    event, endpoint, now = claim.delivery.event, claim.delivery.endpoint, clock.now()
    body = signing.write_body(event)
    headers = signing.sign(
        body, message_id=message_id(event), moment=now, keys=endpoint.secrets_at(now)
    )
    headers |= {"Content-Type": "application/json", "User-Agent": "Tillgate-Webhooks/1"}
    return wire.post(endpoint.url, body.encode(), headers, livemode=endpoint.livemode)


def message_id(event: Event) -> str:
    """The ``webhook-id``: the event's, the same in every try and every replay."""
    return event.public_id
