"""The scheme's transaction files against its settlement file: settled once, and at that price.

Each file's rows go under a key of their own: a payment under the scheme's id, a refund under our
refund id, a cancel under the scheme's id again, as the files name them (reference §6.2, §6.3).
"""

# ruff: noqa: S608 - the statements are made of this file's own words
from typing import LiteralString

from settlement.matching import rates

# kind -> side and id: P a payment, R a refund or a reversal, C a cancel.
_TRADED: LiteralString = """
SELECT CASE row.kind WHEN 'PAYMENT' THEN 'P' WHEN 'CANCEL' THEN 'C' ELSE 'R' END AS side,
       CASE WHEN row.kind IN ('PAYMENT', 'CANCEL') THEN row.scheme_id ELSE row.own_id END AS key,
       row.file_id, row.line, row.kind, row.own_id, row.scheme_id, row.amount_minor, row.fee_minor,
       row.currency, row.at, row.merchant_name
  FROM settlement_schemerow row
 WHERE row.acquirer_id = %(acquirer)s AND row.file_id = ANY(%(files)s)
"""
_KEY: LiteralString = (
    "CASE WHEN kind = 'P' OR own_id = scheme_id THEN scheme_id ELSE own_id END AS key"
)
_SETTLED: LiteralString = f"""
SELECT {rates.SIDE}, {_KEY},
       line, kind, own_id, scheme_id, amount_minor, fee_minor, currency, at, merchant_name
  FROM settlement_schemerow WHERE acquirer_id = %(acquirer)s AND file_id = %(file)s
"""
# Both rows are about one trade, printed for one merchant, and of one moment. A cancelled payment
# goes under the scheme's id, a name may be cut short, and no source says what a refund's time is.
_SAME_TRADE: LiteralString = """
({0}.scheme_id = {1}.scheme_id AND {1}.own_id IN ({0}.own_id, {0}.scheme_id))
"""
_SAME_NAME: LiteralString = """
(starts_with({0}.merchant_name, {1}.merchant_name)
 OR starts_with({1}.merchant_name, {0}.merchant_name))
"""
_SAME_TIME: LiteralString = """
({0}.at = {1}.at OR {0}.kind <> 'PAYMENT'
 OR {0}.at BETWEEN {1}.at - interval '5 minutes' AND {1}.at + interval '5 minutes')
"""
_SUSPECTS: LiteralString = f"""
CREATE TEMPORARY TABLE suspects ON COMMIT DROP AS
SELECT COALESCE(b.side, c.side) AS side, COALESCE(b.key, c.key) AS key,
       b.kind AS traded_kind, b.own_id, COALESCE(b.scheme_id, c.scheme_id) AS scheme_id,
       b.amount_minor AS traded, b.fee_minor AS traded_fee, b.currency AS traded_currency,
       b.at AS traded_at, b.merchant_name AS traded_name, c.line, c.own_id AS settled_id,
       c.amount_minor AS settled, c.fee_minor AS settled_fee, c.currency AS settled_currency,
       c.at AS settled_at, c.merchant_name AS settled_name,
       c.scheme_id AS settled_scheme_id,
       {_SAME_TRADE.format("b", "c")} AS same_trade, {_SAME_NAME.format("b", "c")} AS same_name
  FROM ({_TRADED}) b FULL JOIN ({_SETTLED}) c ON c.side = b.side AND c.key = b.key
 WHERE NOT COALESCE(b.amount_minor = c.amount_minor AND b.fee_minor = c.fee_minor
                    AND b.currency = c.currency AND {_SAME_TRADE.format("b", "c")}
                    AND {_SAME_NAME.format("b", "c")} AND {_SAME_TIME.format("b", "c")}, false)
"""
_TWICE: LiteralString = f"""
CREATE TEMPORARY TABLE twice ON COMMIT DROP AS
SELECT side, key, min(line) AS first_line, max(line) AS line, count(*) AS times,
       max(own_id) AS own_id, max(amount_minor) AS amount_minor, max(currency) AS currency
  FROM ({_SETTLED}) c GROUP BY side, key HAVING count(*) > 1
"""
# Rows of neighbouring days: transactions before and after, settlements before and after. Gathered
# by hashes as well: of a table that has just been filled, the planner expects a handful of rows.
_TRADED_BESIDE: LiteralString = """
CREATE TEMPORARY TABLE traded_beside ON COMMIT DROP AS
    SELECT row.own_id, row.scheme_id, row.kind, row.amount_minor, row.fee_minor, row.currency,
           row.at, row.merchant_name
      FROM settlement_schemerow row
     WHERE row.acquirer_id = %(acquirer)s AND row.file_id = ANY(%(files_beside)s)
       AND row.scheme_id IN (
           SELECT scheme_id FROM suspects WHERE traded IS NULL OR side IN ('P', 'C'))
"""
_SETTLED_BESIDE: LiteralString = f"""
CREATE TEMPORARY TABLE settled_beside ON COMMIT DROP AS
    SELECT {rates.SIDE}, {_KEY},
           scheme_id, file_id = ANY(%(settled_earlier)s) AS is_earlier
      FROM settlement_schemerow
     WHERE acquirer_id = %(acquirer)s AND file_id = ANY(%(settled_beside)s)
       AND scheme_id IN (
           SELECT scheme_id FROM suspects WHERE settled IS NULL OR traded IS NULL)
"""
GATHER: tuple[LiteralString, ...] = (
    _SUSPECTS, _TWICE, _TRADED_BESIDE, _SETTLED_BESIDE, *rates.GATHER,
    "CREATE INDEX ON traded_beside (scheme_id)", "CREATE INDEX ON settled_beside (key)",
    "ANALYZE suspects", "ANALYZE traded_beside", "ANALYZE settled_beside",
)  # fmt: skip

# A trade that was cancelled may stand in the settlement files with both its rows, or with neither;
# they may be of two days.
_PAIRS: LiteralString = """
left_out AS MATERIALIZED (
    SELECT scheme_id FROM (
           SELECT scheme_id, side FROM suspects WHERE settled IS NULL AND side IN ('P', 'C')
            UNION ALL
           SELECT scheme_id, CASE kind WHEN 'PAYMENT' THEN 'P' ELSE 'C' END FROM traded_beside
            WHERE kind IN ('PAYMENT', 'CANCEL')) AS traded
     WHERE scheme_id NOT IN (SELECT scheme_id FROM settled_beside)
     GROUP BY scheme_id HAVING count(DISTINCT side) = 2),
"""
_JUDGED: LiteralString = f"""
judged AS (
    SELECT s.*, b.own_id AS late_id,
           CASE WHEN settled IS NULL AND s.scheme_id IN (SELECT scheme_id FROM left_out) THEN NULL
                WHEN settled IS NULL AND EXISTS (
                     SELECT FROM settled_beside c WHERE c.side = s.side AND c.key = s.key)
                     THEN NULL
                WHEN settled IS NULL THEN 'missing_at_them'
                WHEN traded IS NULL AND EXISTS (
                     SELECT FROM settled_beside c
                      WHERE c.side = s.side AND c.key = s.key AND c.is_earlier) THEN 'duplicate'
                WHEN traded IS NULL AND b.own_id IS NOT NULL THEN
                     CASE WHEN b.currency <> settled_currency THEN 'currency'
                          WHEN b.amount_minor <> settled THEN 'amount'
                          WHEN b.fee_minor <> settled_fee THEN 'fee'
                          WHEN settled_id NOT IN (b.own_id, b.scheme_id) THEN 'scheme_id'
                          WHEN NOT b.same_name THEN 'merchant'
                          WHEN NOT b.same_time THEN 'time' ELSE 'late' END
                WHEN traded IS NULL AND NOT settled_day = ANY(%(days_here)s)
                     AND settled_day >= %(first_to_come)s THEN NULL
                WHEN traded IS NULL THEN 'missing_at_us'
                WHEN traded_currency <> settled_currency THEN 'currency'
                WHEN traded <> settled THEN 'amount'
                WHEN traded_fee <> settled_fee THEN 'fee'
                WHEN NOT s.same_trade THEN 'scheme_id'
                WHEN NOT s.same_name THEN 'merchant'
                ELSE 'time' END AS break_kind
      FROM suspects s
     CROSS JOIN LATERAL (
           SELECT (settled_at AT TIME ZONE 'Asia/Shanghai')::date AS settled_day) AS of
      LEFT JOIN LATERAL (
           SELECT t.*, {_SAME_NAME.format("t", "c")} AS same_name,
                  {_SAME_TIME.format("t", "c")} AS same_time
             FROM traded_beside t,
                  (SELECT s.settled_name AS merchant_name, s.settled_at AS at) AS c
            WHERE s.traded IS NULL AND t.scheme_id = s.scheme_id
              AND CASE s.side WHEN 'P' THEN t.kind = 'PAYMENT' WHEN 'C' THEN t.kind = 'CANCEL'
                              ELSE t.own_id = s.key END
            LIMIT 1) b ON true),
"""
_OURS: LiteralString = """
named AS (
    SELECT j.*, p.id AS payment_id, r.id AS refund_id, COALESCE(p.merchant_id, r.merchant_id)
           AS merchant_id
      FROM judged j
      LEFT JOIN payments_payment p ON p.acquirer_id = %(acquirer)s
            AND p.partner_account_id = %(account)s
            AND p.partner_trans_id = COALESCE(j.own_id, j.late_id, j.settled_id)
      LEFT JOIN payments_refund r ON r.acquirer_id = %(acquirer)s
            AND r.partner_refund_id = COALESCE(j.own_id, j.late_id, j.settled_id)
     WHERE break_kind IS NOT NULL),
"""
FOUND: LiteralString = f"""
{_PAIRS}{_JUDGED}{_OURS}{rates.FOUND}
found AS (
    SELECT break_kind, side || ' ' || key AS about, line, payment_id, refund_id, merchant_id,
           CASE break_kind WHEN 'amount' THEN abs(COALESCE(traded, 0) - settled)
                           WHEN 'fee' THEN abs(COALESCE(traded_fee, 0) - settled_fee)
                           ELSE COALESCE(settled, traded) END AS at_risk,
           COALESCE(settled_currency, traded_currency) AS currency,
           CASE WHEN traded IS NOT NULL THEN jsonb_build_object('type', traded_kind,
                'id', own_id, 'amount', traded, 'fee', traded_fee, 'currency', traded_currency,
                'at', traded_at, 'transaction_id', scheme_id, 'merchant', traded_name)
                END AS ours,
           CASE WHEN settled IS NOT NULL THEN jsonb_build_object('id', settled_id,
                'amount', settled, 'fee', settled_fee, 'currency', settled_currency,
                'at', settled_at, 'transaction_id', settled_scheme_id,
                'merchant', settled_name) END AS theirs
      FROM named
    UNION ALL
    SELECT * FROM rates_found
    UNION ALL
    SELECT 'duplicate', side || ' ' || key, line, NULL, NULL, NULL, amount_minor, currency, NULL,
           jsonb_build_object('id', own_id, 'times', times, 'first_line', first_line)
      FROM twice)
"""
