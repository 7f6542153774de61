"""What each line is charged, as parts of the statement that freezes a batch; and of a what-if.

The parts read ``picked``: the lines, each with its ``place`` in the order of settlement. A sale is
charged by the plan that its merchant had at its time: one version, one price, one rate of VAT hold
for a span of time. The volume that a tier looks at is what was settled of the calendar month, in
the acquirer's zone, before the sale, in the order of settlement: so each slice of a month is priced
once, also when a sale comes late. A refund or cancel follows what charged its sale. Amounts here
are above zero for what the merchant pays; the lines have the other sign.
Source of the order of computing: settlement-conventions §3.
"""

# ruff: noqa: S608 - the statements are made of this file's own words
from kernel.ids import beside
from settlement.fees.words import Returning, Rounding, Tiers
from settlement.state import LineKind

# Changes no row. The planner takes what it joins for ten thousand times as many rows: it believes
# that of a CTE of this statement one row in two hundred is a sale, and would compare each refund
# with each sale, or read all of it for each line.
_NOTHING = "jsonb_array_elements('[]')"
MANY = f"LEFT JOIN ({_NOTHING} AS hundred CROSS JOIN {_NOTHING} AS more) ON true"
_DAY = "({0})::timestamp AT TIME ZONE %(fee_zone)s"
_MONTH = "date_trunc('month', {0} AT TIME ZONE %(fee_zone)s)::date"
_NEXT = "lead(starts_at, 1, 'infinity') OVER (PARTITION BY {0} ORDER BY starts_at, {1})"

# Which version is in force for whom, from when until when.
ASSIGNED = f"""
SELECT assigned.merchant_id, version.id AS version_id, version.rounding, version.tiers,
       assigned.since AS joined_at, greatest(assigned.since, version.since) AS since,
       least(assigned.until, version.until) AS until
  FROM (SELECT merchant_id, plan_id, starts_at AS since,
               {_NEXT.format("merchant_id", "id")} AS until
          FROM settlement_feeassignment
         WHERE merchant_id = ANY (%(merchants)s)) AS assigned
  JOIN (SELECT id, plan_id, rounding, tiers, starts_at AS since,
               {_NEXT.format("plan_id", "number")} AS until
          FROM settlement_feeversion WHERE acquirer_id = %(acquirer)s) AS version
    ON version.plan_id = assigned.plan_id
 WHERE greatest(assigned.since, version.since) < least(assigned.until, version.until)
"""

# Its prices with their tiers; of those that hold at once the lowest rank counts.
_OFFERS = f"""
SELECT terms.merchant_id, terms.version_id, terms.rounding, terms.tiers, offer.scheme,
       offer.currency, offer.above, offer.rates, offer.fixed, offer.minimum, offer.maximum,
       CASE WHEN first_day IS NOT NULL THEN 1 WHEN first_days IS NOT NULL THEN 2 ELSE 3 END AS rank,
       greatest(terms.since, CASE WHEN first_day IS NOT NULL THEN {_DAY.format("first_day")}
                                  ELSE '-infinity' END) AS since,
       least(terms.until, CASE WHEN last_day IS NOT NULL THEN {_DAY.format("last_day + 1")}
             WHEN first_days IS NOT NULL
             THEN ((terms.joined_at AT TIME ZONE %(fee_zone)s) + make_interval(days => first_days))
                  AT TIME ZONE %(fee_zone)s
             ELSE 'infinity' END) AS until
  FROM fee_terms AS terms
  JOIN (SELECT version_id, scheme, currency, first_day, last_day, first_days,
               array_agg(above_minor ORDER BY above_minor) AS above,
               array_agg(basis_points * 0.0001 ORDER BY above_minor) AS rates,
               array_agg(fixed_minor ORDER BY above_minor) AS fixed,
               array_agg(minimum_minor ORDER BY above_minor) AS minimum,
               array_agg(maximum_minor ORDER BY above_minor) AS maximum
          FROM settlement_feeprice
         WHERE version_id IN (SELECT version_id FROM fee_terms)
         GROUP BY version_id, scheme, currency, first_day, last_day, first_days) AS offer
 USING (version_id)
"""

_VAT = f"""
SELECT merchant.id AS merchant_id, rate.id AS vat_rate_id, rate.basis_points * 0.0001 AS vat_rate,
       rate.since, rate.until
  FROM merchants_merchant AS merchant
  JOIN (SELECT id, country, basis_points, starts_at AS since,
               {_NEXT.format("country", "id")} AS until
          FROM settlement_vatrate WHERE acquirer_id = %(acquirer)s) AS rate
    ON rate.country = merchant.country
 WHERE merchant.id IN (SELECT merchant_id FROM fee_terms)
"""

# From each moment at which anything changes to the next, for each scheme that has its own price.
_SPANS = f"""
WITH moments AS (
    SELECT merchant_id, currency, since AS moment FROM fee_offers
     UNION SELECT merchant_id, currency, until FROM fee_offers
     UNION SELECT merchant_id, currency, vat.since FROM fee_offers JOIN fee_vat AS vat
     USING (merchant_id)),
spans AS (
    SELECT merchant_id, currency, scheme, moment AS since,
           lead(moment) OVER (PARTITION BY merchant_id, currency, scheme ORDER BY moment) AS until
      FROM moments CROSS JOIN unnest(%(schemes)s::text[]) AS scheme)
SELECT found.* FROM (
SELECT DISTINCT ON (spans.merchant_id, spans.currency, spans.scheme, spans.since)
       spans.*, version_id, rounding, tiers, above, rates, fixed, minimum, maximum,
       vat_rate_id, COALESCE(vat_rate, 0) AS vat_rate
  FROM spans
  JOIN fee_offers AS offer
    ON offer.merchant_id = spans.merchant_id AND offer.currency = spans.currency
   AND offer.scheme IN ('', spans.scheme)
   AND offer.since <= spans.since AND offer.until >= spans.until
  LEFT JOIN fee_vat AS vat
    ON vat.merchant_id = spans.merchant_id
   AND vat.since <= spans.since AND vat.until >= spans.until
 ORDER BY spans.merchant_id, spans.currency, spans.scheme, spans.since, offer.rank,
          offer.scheme DESC) AS found
 {MANY}
"""

# Only merchants with tiers need to be counted.
_RUNNING = f"""
SELECT entry_id, COALESCE(before.sales, 0)
       + sum(gross_minor) OVER (PARTITION BY merchant_id, currency, month
                                    ORDER BY place, booked_at, entry_id) - gross_minor AS volume
  FROM (SELECT picked.*, {_MONTH.format("booked_at")} AS month
          FROM picked
          JOIN (SELECT DISTINCT merchant_id, currency FROM fee_spans
                 WHERE cardinality(above) > 1) AS tiered USING (merchant_id, currency)
         WHERE kind = '{LineKind.PAYMENT}' OFFSET 0) AS line
  LEFT JOIN fee_volumes AS before USING (merchant_id, currency, month)
 {MANY}
"""
VOLUMES = f"""
SELECT found.* FROM (
SELECT merchant_id, currency, month, sum(sales_minor) AS sales
  FROM settlement_volume
 WHERE merchant_id = ANY (%(merchants)s) AND livemode = %(livemode)s
 GROUP BY merchant_id, currency, month) AS found
 {MANY}
"""
NO_VOLUMES = """
SELECT NULL::uuid AS merchant_id, NULL::text AS currency, NULL::date AS month, 0 AS sales
 WHERE false
"""


def _rounded(amount: str) -> str:
    """``amount``, not below zero, in whole minor units."""
    return f"""(CASE rounding
    WHEN '{Rounding.HALF_UP}' THEN round({amount})
    WHEN '{Rounding.UP}' THEN ceil({amount})
    WHEN '{Rounding.DOWN}' THEN floor({amount})
    WHEN '{Rounding.HALF_EVEN}' THEN round({amount})
         - (({amount}) - floor({amount}) = 0.5 AND mod(floor({amount}), 2) = 0)::int
    END)"""


def _rounded_share(top: str, bottom: str) -> str:
    """``top / bottom``, both whole and not below zero, in whole minor units, without a division
    that would itself be rounded."""
    whole, rest = f"div({top}, {bottom})", f"mod({top}, {bottom})"
    return f"""({whole} + (CASE rounding
    WHEN '{Rounding.HALF_UP}' THEN 2 * {rest} >= {bottom}
    WHEN '{Rounding.UP}' THEN {rest} > 0
    WHEN '{Rounding.HALF_EVEN}' THEN 2 * {rest} > {bottom}
         OR (2 * {rest} = {bottom} AND mod({whole}, 2) = 1)
    ELSE false END)::int)"""


_LINE = "place, entry_id, merchant_id, currency, gross_minor, kind, booked_at, payment_id, \
refund_id, business_date"

# Percentage, rounded; the fixed part; the bounds; then VAT on what that comes to.
_SOLD = f"""
WITH priced AS (
    SELECT {", ".join(f"picked.{name.strip()}" for name in _LINE.split(","))}, span.version_id,
           span.vat_rate_id, rounding, tiers, vat_rate, above, rates, fixed, minimum, maximum,
           COALESCE(running.volume, 0) AS volume,
           CASE WHEN cardinality(above) > 1 THEN width_bucket(running.volume::bigint, above)
                ELSE 1 END AS tier
      FROM picked
      LEFT JOIN fee_spans AS span
        ON span.merchant_id = picked.merchant_id AND span.currency = picked.currency
       AND span.scheme = CASE WHEN %(schemes)s::text[] = ARRAY[''] THEN ''
           ELSE COALESCE((SELECT paid.scheme FROM payments_payment AS paid
                           WHERE paid.id = picked.payment_id
                             AND paid.scheme = ANY (%(schemes)s)), '') END
       AND picked.booked_at >= span.since AND picked.booked_at < span.until
      LEFT JOIN fee_running AS running ON running.entry_id = picked.entry_id
     WHERE picked.kind = '{LineKind.PAYMENT}'),
percentage AS (
    SELECT priced.*,
           CASE WHEN cardinality(above) = 1 OR tiers = '{Tiers.WHOLE}'
                THEN gross_minor * rates[tier]
                ELSE (SELECT sum(rates[slice] * greatest(0,
                             least(volume + gross_minor, above[slice + 1])
                             - greatest(volume, above[slice])))
                        FROM generate_subscripts(above, 1) AS slice) END AS exact
      FROM priced OFFSET 0),
fee AS (
    SELECT percentage.*,
           COALESCE(least(maximum[tier], greatest(minimum[tier],
                    {_rounded("exact")} + fixed[tier])), 0)::bigint AS fee
      FROM percentage OFFSET 0)
SELECT {_LINE}, fee, COALESCE({_rounded("fee * vat_rate")}, 0)::bigint AS vat, version_id,
       vat_rate_id
  FROM fee
"""

_BACK = f"('{LineKind.REFUND}', '{LineKind.CANCEL}')"
# Each sale of which something goes back, as it was charged: just now, or in a batch before. Whose
# a line is the row's policy says: asked for here too, the planner may read all of an acquirer's
# lines once for each sale, to look among them for the one.
_ORIGINS = f"""
SELECT sale.*, version.rounding, version.on_refund, version.on_cancel
  FROM (
    SELECT payment_id, gross_minor AS sold, fee, vat, version_id, vat_rate_id
      FROM fee_sold
     WHERE payment_id IN (SELECT payment_id FROM picked WHERE kind IN {_BACK})
     UNION ALL
    SELECT line.payment_id, line.gross_minor, -line.fee_minor, -line.vat_minor,
           line.fee_version_id, line.vat_rate_id
      FROM settlement_line AS line
     WHERE line.payment_id IN (SELECT payment_id FROM picked WHERE kind IN {_BACK})
       AND line.kind = '{LineKind.PAYMENT}' AND {{earlier}}
  ) AS sale
  JOIN settlement_feeversion AS version ON version.id = sale.version_id
 {MANY}
"""

_AFTER, _BEFORE = "({part} * given)", "({part} * (given + gross_minor))"
_SHARE = f"{_rounded_share(_AFTER, 'sold')} - {_rounded_share(_BEFORE, 'sold')}"
_GONE = f"""CASE
    WHEN kind = '{LineKind.CANCEL}' AND on_cancel = '{Returning.RETURNED}' THEN -{{part}}
    WHEN kind = '{LineKind.REFUND}' AND on_refund = '{Returning.RETURNED}'
    THEN -({_SHARE})
    ELSE 0 END"""
# ``given`` is what has been given back of the sale with this refund.
_RETURNED = f"""
SELECT {_LINE}, {_GONE.format(part="fee")}::bigint AS fee,
       {_GONE.format(part="vat")}::bigint AS vat, version_id, vat_rate_id
  FROM (
    SELECT picked.*, origin.fee::numeric AS fee, origin.vat::numeric AS vat,
           origin.sold::numeric AS sold, origin.version_id, origin.vat_rate_id, origin.rounding,
           origin.on_refund, origin.on_cancel,
           -sum(picked.gross_minor) OVER (PARTITION BY picked.payment_id
                ORDER BY picked.place, picked.booked_at, picked.entry_id)
           - COALESCE((SELECT sum(line.gross_minor) FROM settlement_line AS line
                        WHERE line.payment_id = picked.payment_id
                          AND line.kind = '{LineKind.REFUND}'
                          AND {{earlier}}), 0) AS given
      FROM picked LEFT JOIN fee_origins AS origin USING (payment_id)
     WHERE picked.kind IN {_BACK}
  ) AS back
"""

_SIGNED = (
    f"{_LINE}, -fee AS fee_minor, -vat AS vat_minor, version_id AS fee_version_id, vat_rate_id"
)
_CHARGED = f"""
SELECT {_SIGNED} FROM fee_sold
 UNION ALL
SELECT {_LINE}, COALESCE(-fee, 0), COALESCE(-vat, 0), version_id, vat_rate_id FROM fee_returned
 UNION ALL
SELECT {_LINE}, 0, 0, NULL::uuid, NULL::uuid FROM picked
 WHERE kind NOT IN ('{LineKind.PAYMENT}', '{LineKind.REFUND}', '{LineKind.CANCEL}')
"""


def charging(terms: str, volumes: str, earlier: str) -> dict[str, str]:
    """The parts, by name and in order; the last, ``charged``, is the picked lines with their fees.

    ``terms`` says which version holds for whom, ``volumes`` what was sold before the picked lines,
    ``earlier`` which settled lines come before them. Parameters: acquirer, fee_zone, schemes, and
    what the three need.
    """
    return {
        "fee_terms": terms,
        "fee_offers": _OFFERS,
        "fee_vat": _VAT,
        "fee_spans": _SPANS,
        "fee_volumes": volumes,
        "fee_running": _RUNNING,
        "fee_sold": _SOLD,
        "fee_origins": _ORIGINS.format(earlier=earlier),
        "fee_returned": _RETURNED.format(earlier=earlier),
        "charged": _CHARGED,
    }


CHARGED = charging(ASSIGNED, VOLUMES, "true")

# What is to be read the next time: the month's sales of each batch.
COUNTED = f"""
INSERT INTO settlement_volume
       (id, acquirer_id, merchant_id, livemode, currency, month, batch_id, sales_minor, created_at)
SELECT {beside("batch_id")}, %(acquirer)s,
       merchant_id, %(livemode)s, currency, month, batch_id, sold.sales,
       %(now)s
  FROM (SELECT merchant_id, currency, {_MONTH.format("booked_at")} AS month,
               sum(gross_minor) AS sales
          FROM charged WHERE kind = '{LineKind.PAYMENT}'
         GROUP BY merchant_id, currency, month) AS sold
  JOIN decided AS batch USING (merchant_id, currency)
  JOIN frozen ON frozen.id = batch.batch_id
"""
