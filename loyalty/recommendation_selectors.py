"""Reads: what became of the recommendations of a merchant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection

from loyalty.uplift import Group

# A sale counts when it was paid and not given back whole. What was offered and bought is found in
# its basket: a refund or a cancel changes the figure by itself.
_GROUPS: LiteralString = """
WITH sales AS (
    SELECT r.id, r.is_control, b.id AS basket_id
      FROM loyalty_recommendation r
      JOIN loyalty_basket b ON b.merchant_id = r.merchant_id AND b.livemode = r.livemode
           AND b.source = 'payment' AND b.file = '' AND b.reference = r.merchant_reference
     WHERE r.merchant_id = %(merchant)s AND r.livemode = %(livemode)s
       AND r.currency = %(currency)s AND r.created_at >= %(since)s AND r.created_at < %(until)s
       AND (b.refunded_minor = 0 OR b.refunded_minor < b.amount_minor)
       AND EXISTS (SELECT FROM loyalty_offer o WHERE o.recommendation_id = r.id)),
outcomes AS (
    SELECT s.is_control, bought.count, bought.margin_minor
      FROM sales s
     CROSS JOIN LATERAL (
           SELECT count(*) AS count,
                  COALESCE(sum(l.quantity * (l.unit_amount_minor
                      - COALESCE(l.unit_cost_minor, o.unit_cost_minor))), 0) AS margin_minor
             FROM loyalty_offer o
             JOIN loyalty_basketline l ON l.basket_id = s.basket_id AND l.sku = o.sku
            WHERE o.recommendation_id = s.id) AS bought)
SELECT is_control, count(*), count(*) FILTER (WHERE count > 0),
       sum(margin_minor)::numeric, sum(margin_minor * margin_minor)::numeric
  FROM outcomes GROUP BY is_control
"""
_ASKED: LiteralString = """
SELECT count(*), count(DISTINCT currency), mode() WITHIN GROUP (ORDER BY currency)
  FROM loyalty_recommendation
 WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s
   AND created_at >= %(since)s AND created_at < %(until)s
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of sales in one currency between two moments."""

    currency: str | None
    asked: int
    offered: Group
    control: Group


def find_outcome(
    merchant_id: UUID,
    *,
    livemode: bool,
    since: datetime,
    until: datetime,
    currency: str | None = None,
) -> Outcome:
    """What offering brought; of the currency that most sales are in, if none is named."""
    params: dict[str, Any] = {
        "merchant": merchant_id,
        "livemode": livemode,
        "since": since,
        "until": until,
        "currency": currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, params)
        [(asked, _, usual)] = cursor.fetchall()
        params["currency"] = currency or usual
        cursor.execute(_GROUPS, params)
        groups = {row[0]: Group(*(int(value) for value in row[1:])) for row in cursor.fetchall()}
    return Outcome(currency or usual, asked, groups.get(False, Group()), groups.get(True, Group()))
