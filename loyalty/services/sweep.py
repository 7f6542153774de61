"""The sweep of loyalty: what is due is found again in the tables, whatever was lost (law 7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection

from kernel import clock, ids
from loyalty.models import Earning, Member
from loyalty.services.expire import expire_points
from loyalty.services.settle_earning import settle_earning
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

BATCH_LIMIT = 500  # rows of each kind per sweep; the next one comes in seconds
GRACE = timedelta(seconds=1)  # who was woken has this long before the sweep steps in
LOOK_BACK = timedelta(days=7)
# A sale without its earning can come from a release before this one only, or from a hand.
_MISSING = """
INSERT INTO loyalty_earning
       (id, acquirer_id, merchant_id, payment_id, member_id, points, kept_points, due_at,
        created_at)
SELECT gen_random_uuid(), p.acquirer_id, p.merchant_id, p.id, p.member_id, NULL, 0, %(now)s,
       %(now)s
  FROM payments_payment AS p JOIN loyalty_member AS m ON m.id = p.member_id
 WHERE p.member_id IS NOT NULL AND p.id >= %(since)s AND p.status = 'succeeded'
   AND NOT EXISTS (SELECT FROM loyalty_earning AS e WHERE e.payment_id = p.id)
 ORDER BY p.id LIMIT %(limit)s
    ON CONFLICT DO NOTHING
"""


def sweep() -> int:
    """Reckon overdue earnings, and expire what is due; how many rows there were."""
    now = clock.now()
    with platform_scope():
        earnings = list(
            Earning.objects.filter(due_at__lte=now - GRACE)
            .order_by("due_at")
            .values_list("id", "acquirer_id")[:BATCH_LIMIT]
        )
        expiring = list(
            Member.objects.filter(next_expiry_at__lte=now)
            .order_by("next_expiry_at")
            .values_list("id", "acquirer_id")[:BATCH_LIMIT]
        )
    for row_id, acquirer_id in earnings:
        _do("earning_not_settled", settle_earning, row_id, acquirer_id)
    for row_id, acquirer_id in expiring:
        _do("points_not_expired", expire_points, row_id, acquirer_id)
    return len(earnings) + len(expiring)


def find_missing() -> int:
    """Note the sales of members that nobody has noted, of the last days; how many."""
    now = clock.now()
    values: dict[str, Any] = {
        "now": now,
        "since": ids.first_uuid_at(now - LOOK_BACK),
        "limit": BATCH_LIMIT,
    }
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_MISSING, values)
        return int(cursor.rowcount)


def _do(failed: str, work: Callable[[UUID], object], row_id: UUID, acquirer_id: UUID) -> None:
    try:
        with tenant_scope(acquirer_id):
            work(row_id)
    except Exception:
        log.exception(failed, row=str(row_id))  # still due: found again
