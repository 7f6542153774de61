"""What a merchant, or staff for it, does with an endpoint: make, change, rotate, delete, test."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from events import schedule, signing
from events.addresses import AddressRefused, find_places, read_url
from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from events.outbox import publish_to_itself
from events.presentation import show_endpoint
from events.services import wake
from events.services.disable import disable_endpoint
from events.types import EventType
from kernel import clock
from kernel.errors import Conflict, NotFound
from tenancy.fragments import Fragment, run
from tenancy.postgres import release_connection
from tenancy.saving import faulty, refusal_of, save_checked

ENDPOINTS_LIMIT = 16  # of one merchant in one mode: each costs every event a delivery
# Starts anew: what was wrong with the old address, or before a person looked, no longer counts.
_HEALTHY: dict[str, Any] = {"failing_since": None, "is_impaired": False}


def check_address(url: str, *, livemode: bool) -> None:
    """Refuse an address that we would not call; raises Rejected with the reason.

    Asks the resolver: call it outside of a transaction. It is checked again at each connection.
    """
    release_connection()
    try:
        find_places(read_url(url, livemode=livemode))
    except AddressRefused as refusal:
        raise faulty("url", str(refusal)) from None


def create_endpoint(
    *,
    acquirer_id: UUID,
    merchant_id: UUID,
    livemode: bool,
    url: str,
    description: str = "",
    event_types: Sequence[str] = (),
    contact_email: str = "",
) -> WebhookEndpoint:
    """A new endpoint with a secret of its own; ``url`` has been checked.

    Raises Rejected for a faulty field, Conflict ``too_many_endpoints``.
    """
    rows = WebhookEndpoint.objects.filter(merchant_id=merchant_id, livemode=livemode)
    if rows.exclude(disabled_reason=DisabledReason.DELETED).count() >= ENDPOINTS_LIMIT:
        raise Conflict("too_many_endpoints", f"At most {ENDPOINTS_LIMIT}; delete one first.")
    endpoint = WebhookEndpoint(
        acquirer_id=acquirer_id,
        merchant_id=merchant_id,
        livemode=livemode,
        url=url,
        description=description,
        event_types=check_types(event_types),
        contact_email=contact_email,
        secret=signing.new_secret(),
    )
    save_checked(endpoint)
    return endpoint


def check_types(wanted: Sequence[str]) -> list[str]:
    """``wanted`` sorted and once each; raises Rejected for a type that there is not."""
    unknown = [name for name in wanted if name not in set(EventType)]
    if unknown:
        raise faulty("event_types", f"No such event: {', '.join(unknown)[:200]}.")
    return sorted(set(wanted))


def change_endpoint(endpoint: WebhookEndpoint, **changes: Any) -> None:
    """Set ``url`` (checked before), ``description``, ``event_types`` or ``contact_email``.

    Raises Rejected for a faulty field.
    """
    if "event_types" in changes:
        changes["event_types"] = check_types(changes["event_types"])
    if changes.get("url", endpoint.url) != endpoint.url:
        changes |= _HEALTHY
    for name, value in changes.items():
        setattr(endpoint, name, value)
    check_fields(endpoint)
    _update(endpoint, **changes)


def check_fields(endpoint: WebhookEndpoint) -> None:
    """Raises Rejected naming every faulty field."""
    try:
        endpoint.full_clean()
    except ValidationError as error:
        raise refusal_of(error) from None


def enable_endpoint(endpoint: WebhookEndpoint) -> None:
    """Send to it again from now on; what was not sent meanwhile can be replayed."""
    _update(
        endpoint,
        is_enabled=True,
        disabled_reason="",
        disabled_at=None,
        mail_due_at=None,
        **_HEALTHY,
    )


def delete_endpoint(endpoint: WebhookEndpoint) -> None:
    """Send it nothing any more and forget its secrets; its history stays."""
    with transaction.atomic():
        switch_off(endpoint, DisabledReason.DELETED)
        _update(
            endpoint,
            disabled_reason=DisabledReason.DELETED.value,
            secret="",
            previous_secret="",
            mail_due_at=None,
        )


def switch_off(endpoint: WebhookEndpoint, reason: DisabledReason) -> None:
    """Disable it and have what is owed to it dropped."""
    disable_endpoint(endpoint, reason)
    transaction.on_commit(lambda: wake.wake_endpoints([endpoint.id]))


def rotate_secret(endpoint: WebhookEndpoint) -> None:
    """A new secret; the one until now signs beside it for schedule.SECRET_OVERLAP.

    A rotation within the overlap of another ends that one: two secrets sign at most.
    """
    with transaction.atomic():
        rows = WebhookEndpoint.objects.select_for_update(no_key=True)
        before = rows.get(id=endpoint.id)
        _update(
            endpoint,
            secret=signing.new_secret(),
            previous_secret=before.secret,
            previous_secret_ends_at=clock.now() + schedule.SECRET_OVERLAP,
        )


_ITSELF = """
SELECT id, acquirer_id, merchant_id, livemode FROM events_webhookendpoint
 WHERE id = %(itself_id)s::uuid AND is_enabled
"""


def send_test(endpoint: WebhookEndpoint) -> UUID:
    """Send ``webhook_endpoint.test`` to this endpoint alone; the event's id.

    Raises Conflict ``endpoint_disabled``.
    """
    refuse_disabled(endpoint)
    news = publish_to_itself(
        EventType.ENDPOINT_TEST, payload=show_endpoint(endpoint, now=clock.now()), source="itself"
    )
    run([Fragment("itself", _ITSELF, {"itself_id": endpoint.id}), news], tail="SELECT 1")
    event_id: UUID = news.params["event_id"]
    return event_id


def refuse_disabled(endpoint: WebhookEndpoint) -> None:
    """Raises Conflict ``endpoint_disabled`` for one that nothing is sent to."""
    if not endpoint.is_enabled:
        raise Conflict("endpoint_disabled", "The endpoint is disabled; enable it first.")


def find_endpoint(endpoint_id: UUID, *, livemode: bool) -> WebhookEndpoint:
    """The endpoint, within the scope in force; raises NotFound, also for a deleted one."""
    rows = WebhookEndpoint.objects.exclude(disabled_reason=DisabledReason.DELETED)
    endpoint = rows.filter(id=endpoint_id, livemode=livemode).first()
    if endpoint is None:
        raise NotFound("not_found", "No such webhook endpoint.")
    return endpoint


def _update(endpoint: WebhookEndpoint, **values: Any) -> None:
    WebhookEndpoint.objects.filter(id=endpoint.id).update(**values)
    endpoint.refresh_from_db()
