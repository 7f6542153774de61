"""What a try leaves behind, in one statement: the try, the delivery, and the endpoint's health."""

from datetime import datetime
from typing import Any

import structlog

from events import schedule
from events.models import Delivery, WebhookEndpoint
from events.services.claim import Claim
from events.services.disable import disabling
from events.wire import Answer
from kernel import clock, ids
from tenancy.fragments import Fragment, run

log = structlog.get_logger(__name__)

_GONE = 410
# A claim that has ended belongs to somebody else by now; a success counts all the same.
_TOLD = """
UPDATE events_delivery
   SET status = %(told_status)s, due_at = %(told_due_at)s::timestamptz, claim = NULL,
       tries = %(told_tries)s
 WHERE id = %(told_id)s::uuid
   AND (claim = %(told_claim)s::uuid OR (%(told_succeeded)s AND status <> 'succeeded'))
RETURNING id
"""
_TRIED = """
INSERT INTO events_deliverytry
       (id, acquirer_id, merchant_id, delivery_id, url, duration_ms, http_status, error, answer,
        created_at)
VALUES (%(tried_id)s::uuid, %(tried_acquirer)s::uuid, %(tried_merchant)s::uuid,
        %(tried_delivery)s::uuid, %(tried_url)s, %(tried_duration)s, %(tried_http_status)s,
        %(tried_error)s, %(tried_answer)s, %(tried_at)s::timestamptz)
"""
# Written only when it changes: an endpoint in good health costs nothing.
_HEALTH = """
UPDATE events_webhookendpoint
   SET failing_since = CASE WHEN %(health_succeeded)s THEN NULL
                            ELSE COALESCE(failing_since, %(health_at)s::timestamptz) END,
       is_impaired = %(health_impaired)s
 WHERE id = %(health_id)s::uuid
   AND (is_impaired <> %(health_impaired)s
        OR (failing_since IS NULL) <> %(health_succeeded)s::boolean)
RETURNING id
"""


def record(claim: Claim, answer: Answer, *, started: datetime) -> None:
    """Keep the try; the delivery has arrived, is due again, or has failed for good."""
    delivery, now = claim.delivery, clock.now()
    parts = [
        _told(claim, answer, now),
        _tried(delivery, answer, started),
        *_judged(delivery.endpoint, answer, started=started, now=now),
    ]
    run(parts, tail="SELECT count(*) FROM told")
    if not answer.is_success:
        log.info(
            "delivery_failed",
            delivery=delivery.public_id,
            status=answer.http_status,
            error=answer.error,
        )


def _told(claim: Claim, answer: Answer, now: datetime) -> Fragment:
    tries = claim.delivery.tries + 1
    due_at = None if answer.is_success else schedule.next_try(now, tries=tries)
    status = Delivery.Status.FAILED if due_at is None else Delivery.Status.PENDING
    values: dict[str, Any] = {
        "status": (Delivery.Status.SUCCEEDED if answer.is_success else status).value,
        "due_at": due_at,
        "tries": tries,
        "id": claim.delivery.id,
        "claim": claim.id,
        "succeeded": answer.is_success,
    }
    return Fragment("told", _TOLD, {f"told_{name}": value for name, value in values.items()})


def _tried(delivery: Delivery, answer: Answer, started: datetime) -> Fragment:
    values: dict[str, Any] = {
        "id": ids.new_uuid(),
        "acquirer": delivery.acquirer_id,
        "merchant": delivery.merchant_id,
        "delivery": delivery.id,
        "url": delivery.endpoint.url,
        "duration": answer.duration_ms,
        "http_status": answer.http_status,
        "error": answer.error,
        "answer": answer.excerpt,
        "at": started,
    }
    return Fragment("tried", _TRIED, {f"tried_{name}": value for name, value in values.items()})


def _judged(
    endpoint: WebhookEndpoint, answer: Answer, *, started: datetime, now: datetime
) -> list[Fragment]:
    if answer.http_status == _GONE:
        return disabling(endpoint, WebhookEndpoint.Reason.GONE, now=now)
    since = endpoint.failing_since
    if not answer.is_success and since is not None and now - since >= schedule.DISABLE_AFTER:
        return disabling(endpoint, WebhookEndpoint.Reason.FAILING, now=now)
    values = {
        "succeeded": answer.is_success,
        "impaired": not answer.is_success or answer.duration_ms > schedule.SLOW_MS,
        "at": started,
        "id": endpoint.id,
    }
    return [
        Fragment("health", _HEALTH, {f"health_{name}": value for name, value in values.items()})
    ]
