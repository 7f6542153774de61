"""Counting one day of one merchant, from the payments. Repeating it changes nothing.

The payments of a day are a range of an index by id. A payment counts on its own day with what was
given back of it whenever, so a late refund changes the day of the sale.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kernel import clock, ids
from loyalty.agreed import IS_MEMBER, newest_word
from loyalty.member_state import Purpose
from portal.insights.sql import MADE_AT, replace, total

HOURS = 24


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """What is counted at once: a day of the acquirer's ``zone``, of one merchant in one mode."""

    acquirer_id: UUID
    merchant_id: UUID
    livemode: bool
    day: date
    zone: str

    @property
    def since(self) -> datetime:
        return datetime.combine(self.day, time.min, ZoneInfo(self.zone))

    @property
    def until(self) -> datetime:
        return datetime.combine(self.day + timedelta(days=1), time.min, ZoneInfo(self.zone))


# A customer is known while they are a member; by the wallet alone, while they agree to that too.
IS_KNOWN = f"""{IS_MEMBER}
    AND (NOT p.member_is_recognized OR COALESCE({newest_word(Purpose.WALLET)}, false))"""
_PAID = f"""
  FROM (SELECT p.id, p.store_id, p.currency, p.amount_minor, p.refunded_minor,
               p.discount_minor + p.reduction_minor AS discount_minor,
               p.items, COALESCE(p.payer_wallet, '') AS wallet,
               COALESCE(p.payer_currency, '') AS payer_currency, member.id AS member_id,
               EXTRACT(HOUR FROM {MADE_AT.format(id="p.id")} AT TIME ZONE %(zone)s) AS hour
          FROM payments_payment AS p
          LEFT JOIN loyalty_member AS member ON member.id = p.member_id AND {IS_KNOWN}
         WHERE p.merchant_id = %(merchant)s AND p.livemode = %(livemode)s
           AND p.id >= %(first)s AND p.id < %(end)s AND p.status = 'succeeded') AS paid
"""  # noqa: S608 - words of ours
# One row for each line of a basket. Tills without article numbers have names. What a till left out
# is the catalogue's, as it stands when the day is counted.
_LINES = f"""
  FROM (SELECT paid.id, paid.store_id, paid.currency,
               left(COALESCE(NULLIF(item->>'sku', ''), item->>'name', ''), 64) AS sku,
               left(COALESCE(item->>'name', ''), 256) AS name,
               COALESCE(NULLIF(left(item->>'category', 64), ''), product.category, '') AS category,
               (item->>'quantity')::bigint AS units,
               (item->>'quantity')::numeric * (item->>'unit_amount')::bigint AS amount,
               (item->>'quantity')::numeric
                   * COALESCE((item->>'unit_cost')::bigint, product.cost_minor) AS cost
          {_PAID} CROSS JOIN LATERAL jsonb_array_elements(paid.items) AS item
          LEFT JOIN loyalty_product AS product ON product.merchant_id = %(merchant)s
           AND product.sku = item->>'sku' AND product.currency = paid.currency) AS line
"""
# A coupon that was given back is none; a part that was given back is taken off, the acquirer's with
# it, rounded down. Who bears what is as the terms were when the till took the coupon.
_KEPT = "(r.amount_minor - r.returned_minor)"
_COUPONS = f"""
  FROM (SELECT paid.store_id, paid.currency, r.campaign_id, {_KEPT} AS discount,
               div(r.borne_minor::numeric * {_KEPT}, r.amount_minor) AS borne,
               paid.amount_minor - paid.refunded_minor AS sales
          {_PAID} JOIN loyalty_redemption AS r
            ON r.payment_id = paid.id AND r.status = 'redeemed') AS kept
"""
_UNIT = ("merchant_id", "livemode", "day")
_UNITS = "(SELECT sum((item->>'quantity')::bigint) FROM jsonb_array_elements(items) AS item)"


def _by_hour(expression: str) -> str:
    each = (f"{expression} FILTER (WHERE hour = {number})" for number in range(HOURS))
    return f"ARRAY[{', '.join(f'COALESCE({part}, 0)::bigint' for part in each)}]"


_SALES = {
    "payments": "count(*)",
    "amount_minor": total("amount_minor"),
    "discount_minor": total("discount_minor"),
    "refunded_payments": "count(*) FILTER (WHERE refunded_minor > 0)",
    "refunded_minor": total("refunded_minor"),
    "with_items": "count(*) FILTER (WHERE jsonb_array_length(items) > 0)",
    "units": total(_UNITS),
    "known_payments": "count(member_id)",
    "known_minor": total("CASE WHEN member_id IS NOT NULL THEN amount_minor ELSE 0 END"),
    "hours": _by_hour("count(*)"),
    "hour_amounts": _by_hour("sum(amount_minor)"),
}
_BASKET = {
    "payments": "count(DISTINCT id)",
    "units": total("units"),
    "amount_minor": total("amount"),
    "costed_minor": total("CASE WHEN cost IS NOT NULL THEN amount ELSE 0 END"),
    "cost_minor": total("cost"),
}
_NEWEST = "(array_agg({0} ORDER BY id DESC))[1]"
STATEMENTS = (
    replace(
        "portal_daysales", of=_UNIT, keys=("store_id", "currency"), values=_SALES, source=_PAID
    ),
    replace(
        "portal_daywallet",
        of=_UNIT,
        keys=("store_id", "currency", "wallet", "payer_currency"),
        values={"payments": "count(*)", "amount_minor": total("amount_minor")},
        source=_PAID,
    ),
    replace(
        "portal_daycategory",
        of=_UNIT,
        keys=("store_id", "currency", "category"),
        values=_BASKET,
        source=_LINES,
    ),
    replace(
        "portal_daygoods",
        of=_UNIT,
        keys=("currency", "sku"),
        values={
            "name": _NEWEST.format("name"),
            "category": _NEWEST.format("category"),
            **_BASKET,
        },
        source=_LINES,
    ),
    replace(
        "portal_daycampaign",
        of=_UNIT,
        keys=("store_id", "currency", "campaign_id"),
        values={
            "payments": "count(*)",
            "discount_minor": total("discount"),
            "borne_minor": total("borne"),
            "sales_minor": total("sales"),
        },
        source=_COUPONS,
    ),
    replace(
        "portal_customerday",
        of=_UNIT,
        keys=("store_id", "currency", "member_id"),
        values={
            "visits": "count(*)",
            "amount_minor": total("amount_minor"),
            "refunded_minor": total("refunded_minor"),
        },
        source=f"{_PAID} WHERE member_id IS NOT NULL",
    ),
)


def count_day(unit: Unit) -> None:
    """Make the rows of the unit's day what its payments say. Needs the whole platform's scope."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, parameters(unit))


def parameters(unit: Unit) -> dict[str, Any]:
    """Of each of the STATEMENTS."""
    return {
        "acquirer": unit.acquirer_id,
        "merchant": unit.merchant_id,
        "livemode": unit.livemode,
        "day": unit.day,
        "zone": unit.zone,
        "first": ids.first_uuid_at(unit.since),
        "end": ids.first_uuid_at(unit.until),
        "at": clock.now(),
    }
