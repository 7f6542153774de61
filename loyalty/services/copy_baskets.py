"""Baskets out of payments: what succeeded is copied, what was taken back goes.

Every change of a payment leaves a transition behind, and ids are ordered by time. So the
transitions since the last look name the payments to be looked at; a payment that is looked at twice
gives the same rows, and the same as all of them copied anew (``copy_baskets``).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kernel import clock, ids
from loyalty.models import BasketProgress
from tenancy.alone import is_alone
from tenancy.scope import platform_scope

# An id is a little older than its commit; the nightly run looks at two days once more.
OVERLAP = timedelta(minutes=3)
REACH = timedelta(hours=6)  # of changes in one run: after an outage it catches up step by step
AGAIN = timedelta(days=2)
_BATCH = 2000  # payments of one transaction
_NAME = "baskets"

_FIRST = "SELECT id FROM payments_transition WHERE id >= %s ORDER BY id LIMIT 1"
_CHANGED = """
SELECT DISTINCT payment_id FROM payments_transition
 WHERE id >= %(since)s AND id < %(until)s ORDER BY payment_id
"""
# Never paid, or taken back: no basket.
_GONE = """
WITH gone AS (SELECT id FROM payments_payment
               WHERE id = ANY(%(payments)s) AND status NOT IN ('succeeded', 'taking_back')),
     lines AS (DELETE FROM loyalty_basketline WHERE basket_id IN (SELECT id FROM gone))
DELETE FROM loyalty_basket WHERE id IN (SELECT id FROM gone)
"""
_BASKETS = """
INSERT INTO loyalty_basket (id, created_at, acquirer_id, merchant_id, store_id, livemode, source,
       file, reference, bought_at, currency, amount_minor, refunded_minor, lines_minor, line_count,
       member_id)
SELECT p.id, %(now)s, p.acquirer_id, p.merchant_id, p.store_id, p.livemode, 'payment',
       '', p.merchant_reference, p.created_at, p.currency, p.amount_minor, p.refunded_minor,
       summed.minor, jsonb_array_length(p.items), p.member_id
  FROM payments_payment p
 CROSS JOIN LATERAL (
       SELECT sum((item->>'quantity')::bigint * (item->>'unit_amount')::bigint) AS minor
         FROM jsonb_array_elements(p.items) AS item) AS summed
 WHERE p.id = ANY(%(payments)s) AND p.status IN ('succeeded', 'taking_back')
   AND p.items <> '[]'::jsonb
ON CONFLICT (id) DO UPDATE SET refunded_minor = EXCLUDED.refunded_minor
 WHERE loyalty_basket.refunded_minor <> EXCLUDED.refunded_minor
"""
# A line's id is its payment's with the line's number in place of eight random bits: the same
# whenever it is copied, and in the order of time.
_LINES = """
INSERT INTO loyalty_basketline (id, created_at, acquirer_id, merchant_id, livemode, basket_id,
       number, bought_at, sku, name, category, quantity, unit_amount_minor, unit_cost_minor)
SELECT overlay(b.id::text PLACING lpad(to_hex(i.number), 2, '0') FROM 21 FOR 2)::uuid,
       %(now)s, b.acquirer_id, b.merchant_id, b.livemode, b.id,
       i.number, b.bought_at, COALESCE(i.item->>'sku', ''), i.item->>'name',
       COALESCE(i.item->>'category', c.category, ''), (i.item->>'quantity')::int,
       (i.item->>'unit_amount')::bigint,
       COALESCE((i.item->>'unit_cost')::bigint,
                CASE WHEN c.currency = b.currency THEN c.cost_minor END)
  FROM loyalty_basket b
  JOIN payments_payment p ON p.id = b.id
 CROSS JOIN LATERAL jsonb_array_elements(p.items) WITH ORDINALITY AS i(item, number)
  LEFT JOIN loyalty_product c ON c.merchant_id = b.merchant_id AND c.sku = i.item->>'sku'
 WHERE b.id = ANY(%(payments)s)
ON CONFLICT (id) DO NOTHING
"""
_FILL = """
UPDATE loyalty_basketline l
   SET category = CASE WHEN l.category = '' THEN c.category ELSE l.category END,
       unit_cost_minor = COALESCE(
           l.unit_cost_minor, CASE WHEN c.currency = b.currency THEN c.cost_minor END)
  FROM loyalty_product c, loyalty_basket b
 WHERE c.merchant_id = l.merchant_id AND c.sku = l.sku AND b.id = l.basket_id
   AND l.merchant_id = %(merchant)s AND l.livemode = %(livemode)s AND l.sku <> ''
   AND ((l.category = '' AND c.category <> '')
        OR (l.unit_cost_minor IS NULL AND c.currency = b.currency AND c.cost_minor IS NOT NULL))
"""


def copy_changes() -> int:
    """Copy what has changed since the last run, at most REACH of changes; how many payments.

    Where another process is at it, nothing is done.
    """
    with platform_scope(), transaction.atomic():
        if not is_alone("loyalty.copy_baskets"):
            return 0
        now = clock.now()
        since = _find_beginning(now)
        until = min(now, since + REACH)
        count = _copy_between(since, until)
        BasketProgress.objects.update_or_create(name=_NAME, defaults={"until": until})
        return count


def copy_again(since: datetime | None = None) -> int:
    """Copy every payment that changed from ``since`` on (two days ago) anew; how many."""
    now = clock.now()
    with platform_scope():
        return _copy_between(since or now - AGAIN, now)


def fill_gaps(merchant_id: UUID, *, livemode: bool) -> int:
    """Categories and costs that neither till nor catalogue knew when it was sold; how many lines.

    What a line says already stays: a cost is of the day on which it was sold.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"merchant": merchant_id, "livemode": livemode})
        return int(cursor.rowcount)


def _copy_between(since: datetime, until: datetime) -> int:
    count = 0
    for payments in _changed(since, until):
        copy_payments(payments)
        count += len(payments)
    return count


def copy_payments(payment_ids: list[UUID]) -> None:
    """Make the baskets of these payments what the payments say; needs the platform's scope."""
    params: dict[str, Any] = {"payments": payment_ids, "now": clock.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_GONE, _BASKETS, _LINES):
            cursor.execute(statement, params)


def _find_beginning(now: datetime) -> datetime:
    """From when on changes are looked for: quiet times are passed over in one step."""
    progress = BasketProgress.objects.filter(name=_NAME).first()
    since = datetime.fromtimestamp(0, UTC) if progress is None else progress.until - OVERLAP
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [ids.first_uuid_at(since)])
        row = cursor.fetchone()
    if row is None:
        return now
    return max(since, ids.moment_of(row[0]))


def _changed(since: datetime, until: datetime) -> Iterator[list[UUID]]:
    end = until + timedelta(milliseconds=1)  # what was made in this very moment is among them
    params = {"since": ids.first_uuid_at(since), "until": ids.first_uuid_at(end)}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, params)
        found = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]
