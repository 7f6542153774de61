"""Our payments and refunds against the scheme's transaction file of a day (design law 5).

First the whole day is gone through by one hashed join, for what is not plainly right; then that
little is looked at closely. ``found`` is worked out anew each time from the tables: what is not
found any more has been mended. A row is one break, of the first kind that fits; the sides say all.
"""

# ruff: noqa: S608 - the statements are made of this file's own words
from typing import LiteralString

# What a row should have cost; NULL where the contract says nothing.
_FEE: LiteralString = """
CASE WHEN %(fee_basis_points)s::numeric IS NULL THEN NULL
     WHEN {kind} <> 'PAYMENT' AND NOT %(returns_fee)s THEN 0
     ELSE round({amount} * %(fee_basis_points)s::numeric / 10000) END
"""

_THEIRS: LiteralString = """
SELECT line, CASE WHEN kind = 'REVERSAL' THEN 'CANCEL' ELSE kind END AS kind, own_id, scheme_id,
       amount_minor, fee_minor, currency, at, merchant_name
  FROM settlement_schemerow WHERE acquirer_id = %(acquirer)s AND file_id = %(file)s
"""
# What we have of the same hours: ids are in the order of time.
_NEAR: LiteralString = """
SELECT id, partner_trans_id, status, amount_minor, currency, merchant_id, created_at, completed_at,
       scheme_transaction_id
  FROM payments_payment
 WHERE acquirer_id = %(acquirer)s AND partner_account_id = %(account)s
   AND id >= %(first_id)s AND id < %(end_id)s
"""

# A payment is paid between its beginning and its end with us, give or take what two clocks differ.
_IN_TIME: LiteralString = """
{at} BETWEEN {p}.created_at - interval '5 minutes' AND {p}.completed_at + interval '5 minutes'
"""
# Around midnight a row may be right here and have been right in the file of the day before.
_ONLY_HERE: LiteralString = """
({p}.created_at >= %(starts_at)s + interval '5 minutes' OR {own_id} NOT IN (
    SELECT own_id FROM settlement_schemerow
     WHERE acquirer_id = %(acquirer)s AND file_id = %(day_before)s AND kind = 'PAYMENT'
       AND at >= %(begun_by)s))
"""
_SAME_TRADE: LiteralString = "COALESCE(NULLIF({ours}, ''), {theirs}) = {theirs}"

# A name may be cut short in the file; but the whole name of another merchant is that one's, though
# it begins like the payment's. In the order of bytes what begins with a name comes next after it.
_WHOLE_NAMES: LiteralString = """
CREATE TEMPORARY TABLE whole_names ON COMMIT DROP AS
SELECT name FROM (
       SELECT name, lead(name) OVER (ORDER BY name COLLATE "C") AS next FROM (
              SELECT DISTINCT translate(display_name, E'|\\r\\n', '   ') AS name
                FROM merchants_merchant WHERE acquirer_id = %(acquirer)s) AS each) AS beside
 WHERE starts_with(next, name)
"""
_CUT_SHORT: LiteralString = """
({printed} = {name} OR (starts_with({name}, {printed})
                        AND {printed} NOT IN (SELECT name FROM whole_names)))
"""
# Each of their rows beside the payment that it names, and each payment that none names: what is not
# plainly right. Statement by statement, without nested loops: of a table that has just been filled,
# the planner expects a handful of rows.
_APART: LiteralString = f"""
CREATE TEMPORARY TABLE apart ON COMMIT DROP AS
SELECT t.*, p.id AS payment_id, p.partner_trans_id, p.merchant_id, p.status,
       p.amount_minor AS our_amount, p.currency AS our_currency, p.completed_at
  FROM ({_THEIRS}) t
  FULL JOIN ({_NEAR}) p ON p.partner_trans_id = t.own_id
  LEFT JOIN (SELECT id, display_name FROM merchants_merchant WHERE acquirer_id = %(acquirer)s) m
         ON m.id = p.merchant_id
 WHERE CASE WHEN t.line IS NULL THEN
            p.status = 'succeeded'
            AND p.completed_at >= %(starts_at)s AND p.completed_at < %(ends_at)s
       ELSE NOT COALESCE(
           t.kind = 'PAYMENT' AND p.status = 'succeeded' AND p.amount_minor = t.amount_minor
           AND p.currency = t.currency AND t.at >= %(starts_at)s
           AND (t.merchant_name = ''
                OR {_CUT_SHORT.format(printed="t.merchant_name", name="m.display_name")})
           AND {_IN_TIME.format(at="t.at", p="p")}
           AND {_ONLY_HERE.format(own_id="t.own_id", p="p")}
           AND {_SAME_TRADE.format(ours="p.scheme_transaction_id", theirs="t.scheme_id")}
           AND t.fee_minor = COALESCE({_FEE.format(kind="t.kind", amount="t.amount_minor")},
                                      t.fee_minor),
           false) END
"""
_SUSPECTS: LiteralString = """
CREATE TEMPORARY TABLE suspects ON COMMIT DROP AS
SELECT line, kind, own_id, scheme_id, amount_minor, fee_minor, currency, at, merchant_name
  FROM apart WHERE line IS NOT NULL
"""
# Numbers are grouped in a third of the time that texts take; then those few texts are.
_SAME: LiteralString = "hashtextextended(own_id, 0)"
_TWICE: LiteralString = f"""
CREATE TEMPORARY TABLE twice ON COMMIT DROP AS
WITH same AS MATERIALIZED (
    SELECT {_SAME} AS number FROM ({_THEIRS}) t GROUP BY 1 HAVING count(*) > 1)
SELECT kind, own_id, min(line) AS first_line, max(line) AS line, count(*) AS times,
       max(amount_minor) AS amount_minor, max(currency) AS currency
  FROM ({_THEIRS}) t WHERE {_SAME} IN (SELECT number FROM same)
 GROUP BY kind, own_id HAVING count(*) > 1
"""
# What ended with success that day, and is named by no row of its file. A row that names a refund
# names no payment of ours, so it stands among the suspects.
_LONE: LiteralString = """
CREATE TEMPORARY TABLE lone ON COMMIT DROP AS
SELECT 'PAYMENT' AS kind, partner_trans_id AS own_id, payment_id, NULL::uuid AS refund_id,
       merchant_id, status, our_amount AS amount_minor, our_currency AS currency, completed_at
  FROM apart WHERE line IS NULL
 UNION ALL
SELECT 'REFUND', r.partner_refund_id, r.payment_id, r.id, r.merchant_id, r.status,
       r.amount_minor, r.currency, r.completed_at
  FROM payments_refund r
 WHERE r.acquirer_id = %(acquirer)s AND r.livemode = %(livemode)s AND r.status = 'succeeded'
   AND r.id >= %(first_refund_id)s AND r.id < %(end_id)s
   AND r.completed_at >= %(starts_at)s AND r.completed_at < %(ends_at)s
   AND NOT EXISTS (SELECT FROM suspects t WHERE t.own_id = r.partner_refund_id)
"""
# Which of our rows a suspect is about: a payment, a refund, or the refund that reversed a payment.
# One at a time, by their indexes: they are few, and the tables hold years. Under row-level security
# PostgreSQL looks nothing up by a COALESCE, which it does not trust to leak nothing; by a CASE it
# does.
_LOOKED_AT: LiteralString = f"""
CREATE TEMPORARY TABLE looked_at ON COMMIT DROP AS
    SELECT t.*, p.id AS payment_id, r.id AS refund_id, p.merchant_id, r.id IS NOT NULL AS is_refund,
           COALESCE(r.status, p.status) AS status,
           COALESCE(r.amount_minor, p.amount_minor) AS our_amount, p.currency AS our_currency,
           {_FEE.format(kind="t.kind", amount="t.amount_minor")} AS our_fee,
           COALESCE(r.completed_at, p.completed_at) AS completed_at, p.created_at,
           p.scheme_transaction_id
      FROM suspects t
      LEFT JOIN LATERAL (
           SELECT id, payment_id, status, amount_minor, completed_at FROM payments_refund
            WHERE acquirer_id = %(acquirer)s AND partner_refund_id = t.own_id LIMIT 1) r ON true
      LEFT JOIN LATERAL (
           SELECT id FROM payments_payment
            WHERE r.id IS NULL AND partner_account_id = %(account)s AND partner_trans_id =
                  CASE WHEN t.kind = 'REFUND' AND t.own_id LIKE 'rev%%'
                       THEN substr(t.own_id, 4) ELSE t.own_id END LIMIT 1) q ON true
      LEFT JOIN LATERAL (
           SELECT * FROM payments_payment
            WHERE id = CASE WHEN r.id IS NULL THEN q.id ELSE r.payment_id END
              AND acquirer_id = %(acquirer)s AND partner_account_id = %(account)s LIMIT 1) p ON true
"""
# What the neighbouring days' files say of those few, and of payments that were reversed: looked for
# once, by a hash, however many rows these days have.
_BESIDE: LiteralString = """
CREATE TEMPORARY TABLE beside ON COMMIT DROP AS
SELECT kind, own_id, at, file_id = ANY(%(earlier)s) AS is_earlier FROM settlement_schemerow
 WHERE cardinality(%(beside)s::uuid[]) > 0
   AND acquirer_id = %(acquirer)s AND file_id = ANY(%(beside)s)
   AND ((kind = 'REFUND' AND own_id LIKE 'rev%%')
        OR own_id IN (SELECT own_id FROM suspects UNION ALL SELECT own_id FROM lone))
"""
GATHER: tuple[LiteralString, ...] = (
    "SET LOCAL enable_nestloop = off",
    "SET LOCAL parallel_tuple_cost = 0",  # few rows come out, whatever the planner expects
    *(_WHOLE_NAMES, _APART, _SUSPECTS, _TWICE, _LONE, _BESIDE),
    "SET LOCAL enable_nestloop = on",
    *("ANALYZE suspects", "ANALYZE twice", "ANALYZE lone", "ANALYZE beside"),
    "SET LOCAL enable_seqscan = off",
    _LOOKED_AT,
    "SET LOCAL enable_seqscan = on",
    "ANALYZE looked_at",
)

# Names a merchant has, and those it had: who was renamed is not somebody else.
_NAMES: LiteralString = """
names AS MATERIALIZED (
    SELECT id AS merchant_id, translate(display_name, E'|\\r\\n', '   ') AS name
      FROM merchants_merchant WHERE acquirer_id = %(acquirer)s
    UNION
    SELECT row_id::uuid, translate(before ->> 'display_name', E'|\\r\\n', '   ')
      FROM tenancy_auditentry
     WHERE acquirer_id = %(acquirer)s AND "table" = 'merchants_merchant' AND action = 'update'
       AND before ->> 'display_name' IS NOT NULL),
"""
# Payments that a row says were cancelled or given back whole.
_UNDONE: LiteralString = """
undone AS MATERIALIZED (
    SELECT CASE WHEN kind = 'REFUND' THEN substr(own_id, 4) ELSE own_id END AS own_id
      FROM (SELECT kind, own_id FROM suspects UNION ALL SELECT kind, own_id FROM beside) row
     WHERE kind IN ('CANCEL', 'REVERSAL') OR (kind = 'REFUND' AND own_id LIKE 'rev%%')),
"""
# Our statuses that agree with each kind of row. A canceled payment that was paid must show how it
# was undone: here, or in the next day's file where it was undone after this day.
_AGREES: LiteralString = """
CASE kind
WHEN 'PAYMENT' THEN NOT is_refund AND (
     status IN ('succeeded', 'taking_back', 'reversing')
     OR (status = 'canceled' AND (own_id IN (SELECT own_id FROM undone)
         OR (completed_at >= %(ends_at)s AND NOT %(next_is_here)s))))
WHEN 'CANCEL' THEN NOT is_refund
     AND status IN ('canceled', 'canceling', 'taking_back', 'reversing', 'failed')
WHEN 'REFUND' THEN CASE WHEN is_refund THEN status = 'succeeded'
                        ELSE status IN ('canceled', 'reversing') END
ELSE false END
"""
_ROWS: LiteralString = f"""
judged AS (
    SELECT *,
           CASE WHEN payment_id IS NULL THEN 'missing_at_us'
                WHEN currency <> our_currency THEN 'currency'
                WHEN amount_minor <> our_amount THEN 'amount'
                WHEN NOT COALESCE({_AGREES}, false) THEN 'status'
                WHEN merchant_name <> '' AND NOT EXISTS (
                     SELECT FROM names WHERE names.merchant_id = looked_at.merchant_id
                        AND {_CUT_SHORT.format(printed="merchant_name", name="names.name")})
                     THEN 'merchant'
                WHEN NOT {_SAME_TRADE.format(ours="scheme_transaction_id", theirs="scheme_id")}
                     THEN 'scheme_id'
                WHEN our_fee <> fee_minor THEN 'fee'
                WHEN EXISTS (SELECT FROM beside b WHERE b.own_id = looked_at.own_id
                                AND b.kind = looked_at.kind AND b.is_earlier) THEN 'duplicate'
                WHEN kind = 'PAYMENT' AND status = 'succeeded' AND NOT
                     {_IN_TIME.format(at="at", p="looked_at")} THEN 'time'
                WHEN at < %(starts_at)s THEN 'late' END AS break_kind
      FROM looked_at),
rows_found AS (
    SELECT break_kind, kind || ' ' || own_id AS about, line, payment_id, refund_id, merchant_id,
           CASE break_kind WHEN 'amount' THEN abs(amount_minor - our_amount)
                           WHEN 'fee' THEN abs(our_fee - fee_minor)::bigint
                           ELSE amount_minor END AS at_risk,
           currency,
           CASE WHEN payment_id IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
                'status', status, 'amount', our_amount, 'currency', our_currency,
                'fee', our_fee, 'completed_at', completed_at,
                'transaction_id', scheme_transaction_id)) END AS ours,
           jsonb_build_object('type', kind, 'amount', amount_minor, 'currency', currency,
                'fee', fee_minor, 'at', at, 'transaction_id', scheme_id,
                'merchant', merchant_name) AS theirs
      FROM judged WHERE break_kind IS NOT NULL),
"""
FOUND: LiteralString = f"""
{_NAMES}{_UNDONE}{_ROWS}
found AS (
    SELECT * FROM rows_found
    UNION ALL
    SELECT 'duplicate', kind || ' ' || own_id, line, NULL, NULL, NULL, amount_minor, currency, NULL,
           jsonb_build_object('type', kind, 'times', times, 'first_line', first_line)
      FROM twice
    UNION ALL
    SELECT 'missing_at_them', kind || ' ' || own_id, NULL, payment_id, refund_id, merchant_id,
           amount_minor, currency,
           jsonb_build_object('status', status, 'amount', amount_minor, 'currency', currency,
                'completed_at', completed_at), NULL
      FROM lone
     WHERE NOT EXISTS (SELECT FROM beside WHERE beside.own_id = lone.own_id)
       AND EXISTS (SELECT FROM payments_payment p
                    WHERE p.id = lone.payment_id AND p.partner_account_id = %(account)s))
"""
