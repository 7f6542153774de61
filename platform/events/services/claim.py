"""Taking one due delivery of an endpoint: a lease, and never more at once than its limit.

The endpoint's row is locked for the length of two statements, so that two workers count one after
the other. It is the lock that writing an event does not wait for.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events import schedule
from events.models import Delivery, WebhookEndpoint
from kernel import clock, ids

# A policy's condition looks to the planner as if it let almost no row through, and then it reads
# and sorts a whole backlog for one row. In these transactions it goes along the index.
ALONG_THE_INDEX = """
       set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true)"""
_LOCK = f"""
SELECT is_enabled, {ALONG_THE_INDEX}
  FROM events_webhookendpoint WHERE id = %s FOR NO KEY UPDATE
"""  # noqa: S608 - words of this file
_CLAIM = """
UPDATE events_delivery SET claim = %(claim)s, due_at = %(until)s
 WHERE id = (SELECT id FROM events_delivery
              WHERE endpoint_id = %(endpoint)s AND due_at <= %(now)s
              ORDER BY due_at LIMIT 1)
   AND %(limit)s > (SELECT count(*) FROM events_delivery
                     WHERE endpoint_id = %(endpoint)s AND claim IS NOT NULL
                       AND due_at > %(now)s AND due_at <= %(until)s)
RETURNING id
"""
# What is owed to a disabled endpoint is not sent; it can be replayed.
_DROP = """
UPDATE events_delivery SET status = 'unsent', due_at = NULL, claim = NULL
 WHERE id IN (SELECT id FROM events_delivery
               WHERE endpoint_id = %s AND due_at IS NOT NULL LIMIT %s)
"""
_DROP_LIMIT = 1000  # in one statement; the sweep comes back for the rest


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until the lease ends, with its event and endpoint as they are."""

    id: UUID
    delivery: Delivery


def claim_next(endpoint: WebhookEndpoint) -> Claim | None:
    """The endpoint's oldest due delivery, or None: nothing due, its limit reached, or disabled."""
    now, claim_id = clock.now(), ids.new_uuid()
    limited = endpoint.is_impaired
    params: dict[str, Any] = {
        "claim": claim_id,
        "until": schedule.lease_ends(now),
        "endpoint": endpoint.id,
        "now": now,
        "limit": schedule.IN_FLIGHT_LIMIT_IMPAIRED if limited else schedule.IN_FLIGHT_LIMIT,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [endpoint.id])
        row = cursor.fetchone()
        if row is None:
            return None
        if not row[0]:
            cursor.execute(_DROP, [endpoint.id, _DROP_LIMIT])
            return None
        cursor.execute(_CLAIM, params)
        taken = cursor.fetchone()
    if taken is None:
        return None
    delivery = Delivery.objects.select_related("event", "endpoint").get(id=taken[0])
    return Claim(claim_id, delivery)
