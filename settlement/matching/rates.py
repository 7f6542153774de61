"""What a settlement file says in RMB follows from its rate, and the rate is the trade's.

A trade keeps the rate at which it was made, its refunds too (reference §2.3, §3.4). ``Rmb_amount``
is the amount at that rate, to the fen. ``Rmb_settlement`` is less by a fee that was rounded for
itself (§6.3): it and the fee are roundings of one part, so they are as near as roundings leave.
"""

# ruff: noqa: S608 - the statements are made of this file's own words
from typing import LiteralString

from settlement.sql import unit


def _fen(rate: str, currency: str) -> str:
    """What one minor unit is worth at ``rate``, in fen."""
    return f"({rate}::numeric * 100 * {unit(currency)})"


# By the rate {0}, fen of a minor unit; a part below the whole makes the second rounding smaller.
_SETTLEMENT_ADDS_UP: LiteralString = """
COALESCE(abs(round(amount_minor * {0}) - rmb_settlement_minor - fee_minor * {0}) <= 0.5 * {0} + 1,
         true)
"""
_ADDS_UP: LiteralString = f"""
(COALESCE(abs(rmb_minor - amount_minor * {{0}}) <= 0.5, true) AND {_SETTLEMENT_ADDS_UP})
"""
# Of a settlement file's row: P a payment, R a refund or a reversal, C a cancel.
SIDE: LiteralString = (
    "CASE WHEN kind = 'P' THEN 'P' WHEN own_id = scheme_id THEN 'C' ELSE 'R' END AS side"
)
# Each row in RMB beside the payment that it names: what is not plainly right, and what was given
# back, which names none.
_APART: LiteralString = f"""
CREATE TEMPORARY TABLE in_rmb ON COMMIT DROP AS
SELECT c.*, p.id AS payment_id, p.merchant_id, p.exchange_rate
  FROM (SELECT {SIDE}, line, own_id, scheme_id, amount_minor, fee_minor, currency, at, rate,
               rmb_minor, rmb_settlement_minor, {_fen("rate", "currency")} AS fen
          FROM settlement_schemerow
         WHERE acquirer_id = %(acquirer)s AND file_id = %(file)s AND rate IS NOT NULL) c
  LEFT JOIN (SELECT id, merchant_id, partner_trans_id, exchange_rate FROM payments_payment
              WHERE acquirer_id = %(acquirer)s AND partner_account_id = %(account)s
                AND id >= %(first_paid_id)s AND id < %(end_paid_id)s) p
         ON p.partner_trans_id = c.own_id
 WHERE c.side <> 'P' OR p.exchange_rate <> c.rate
    OR NOT {_ADDS_UP.format("c.fen")}
"""
# The rates of the file's own rows of trades of which something was given back.
_FAMILIES: LiteralString = """
CREATE TEMPORARY TABLE families ON COMMIT DROP AS
SELECT scheme_id, min(rate) AS rate
  FROM settlement_schemerow JOIN (SELECT DISTINCT scheme_id FROM in_rmb WHERE side <> 'P') back
       USING (scheme_id)
 WHERE acquirer_id = %(acquirer)s AND file_id = %(file)s AND kind = 'P'
 GROUP BY scheme_id
"""
GATHER: tuple[LiteralString, ...] = (_APART, "ANALYZE in_rmb", _FAMILIES, "ANALYZE families")

_PLAIN: LiteralString = r"CASE WHEN {0} ~ '^[0-9]{{1,9}}(\.[0-9]{{1,12}})?$' THEN {0}::numeric END"
# What was given back has its trade's rate: that of our payment, else of the file's own row of it.
_OF_TRADE: LiteralString = f"""
of_trade AS MATERIALIZED (
    SELECT i.*, r.id AS refund_id, COALESCE(i.payment_id, r.payment_id) AS of_payment,
           COALESCE(i.merchant_id, r.merchant_id) AS of_merchant,
           COALESCE({_PLAIN.format("i.exchange_rate")}, {_PLAIN.format("r.exchange_rate")},
                    family.rate::numeric, i.rate::numeric) AS right_rate
      FROM in_rmb i
      LEFT JOIN families family ON family.scheme_id = i.scheme_id
      LEFT JOIN LATERAL (
           SELECT refund.id, refund.payment_id, refund.merchant_id, payment.exchange_rate
             FROM payments_refund refund JOIN payments_payment payment
               ON payment.id = refund.payment_id
            WHERE i.side = 'R' AND refund.acquirer_id = %(acquirer)s
              AND refund.partner_refund_id = i.own_id
              AND payment.partner_account_id = %(account)s LIMIT 1) r ON true),
wrong_in_rmb AS (
    SELECT *, round(amount_minor * worth) AS right_rmb,
           {_SETTLEMENT_ADDS_UP.format("worth")} AS settlement_adds_up
      FROM (SELECT *, {_fen("right_rate", "currency")} AS worth FROM of_trade) each
     WHERE right_rate <> rate::numeric
        OR NOT {_ADDS_UP.format("worth")}),
"""
# Of a row that is a break already it is not said again.
FOUND: LiteralString = f"""
{_OF_TRADE}
rates_found AS (
    SELECT 'rate' AS break_kind,
           side || ' ' || CASE side WHEN 'R' THEN own_id ELSE scheme_id END AS about, line,
           of_payment AS payment_id, refund_id, of_merchant AS merchant_id,
           COALESCE(round(greatest(abs(rmb_minor - right_rmb), abs(amount_minor * (fen - worth)),
                CASE WHEN NOT settlement_adds_up
                     THEN abs(rmb_settlement_minor - right_rmb + fee_minor * worth) END)
                / NULLIF(worth, 0)), amount_minor)::bigint AS at_risk,
           currency,
           jsonb_strip_nulls(jsonb_build_object('rate', trim_scale(right_rate)::text,
                'rmb_amount', CASE WHEN rmb_minor IS NOT NULL THEN right_rmb END,
                'rmb_settlement', CASE WHEN settlement_adds_up THEN rmb_settlement_minor
                     ELSE right_rmb - round(fee_minor * worth) END)) AS ours,
           jsonb_strip_nulls(jsonb_build_object('id', own_id, 'amount', amount_minor,
                'fee', fee_minor, 'currency', currency, 'at', at, 'transaction_id', scheme_id,
                'rate', trim_scale(rate::numeric)::text, 'rmb_amount', rmb_minor,
                'rmb_settlement', rmb_settlement_minor)) AS theirs
      FROM wrong_in_rmb
     WHERE line NOT IN (SELECT line FROM judged
                         WHERE line IS NOT NULL AND break_kind <> 'late')),
"""
