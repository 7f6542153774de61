"""The scheme's settlement file against the bank: what it says it pays, and what has arrived.

First the file is booked, once: what the scheme owed becomes what is on its way, less its fee. Then
each currency's net looks for the one unexplained entry that pays it: the same amount near the day,
or one that names the scheme and the day. What is left over is looked for in sums: one entry that
pays this file and others near it, or several that pay this one. What the bank takes back again of
what had paid it, it waits for once more.
Source: settlement-conventions §7, C against D.
"""

# ruff: noqa: S608 - the statements are made of this file's own words
from typing import LiteralString

from settlement.matching import reversals, sums
from settlement.matching.paying import (
    BOOKS,
    ENDED,
    ENTRY,
    EXPLAIN,
    MAY_PAY,
    NAMES_THE_DAY,
    NEAR,
    NEW_ID,
    PAID,
    POSTING,
    TELLING,
    VALUED,
    WHOLE,
)

BEFORE_DAYS, AFTER_DAYS = 2, 5  # how far from its day a settlement may be valued

_NET: LiteralString = """
net AS MATERIALIZED (
    SELECT currency, count(*) AS rows,
           sum(CASE kind WHEN 'P' THEN amount_minor ELSE -amount_minor END)::bigint AS gross,
           sum(CASE kind WHEN 'P' THEN fee_minor ELSE -fee_minor END)::bigint AS fee,
           sum(CASE kind WHEN 'P' THEN amount_minor - fee_minor
                    ELSE fee_minor - amount_minor END)::bigint AS net
      FROM settlement_schemerow
     WHERE acquirer_id = %(acquirer)s AND file_id = %(file)s GROUP BY currency)
"""
# A file that was superseded is taken back, entry by entry; who has paid it has paid its successor.
_TAKE_BACK: LiteralString = f"""
WITH old AS (
    SELECT posted.id AS posted_id, file.id AS file_id
      FROM settlement_schemefile AS file
      JOIN ledger_transaction AS posted ON posted.cause_type = 'scheme_file'
           AND posted.cause_id = file.id AND posted.kind = 'scheme_file.settled'
     WHERE file.acquirer_id = %(acquirer)s AND file.partner_account_id = %(account)s
       AND file.kind = 'settlement' AND file.business_date = %(day)s AND file.id <> %(file)s
       AND NOT EXISTS (SELECT FROM ledger_transaction AS back WHERE back.cause_id = file.id
                          AND back.cause_type = 'scheme_file'
                          AND back.kind = 'scheme_file.superseded')),
back AS ({POSTING}
    SELECT {NEW_ID}, %(acquirer)s, NULL, 'scheme_file.superseded', 'scheme_file', file_id, %(now)s
      FROM old RETURNING id, cause_id),
paid AS (UPDATE settlement_paidsettlement SET scheme_file_id = %(file)s
          WHERE acquirer_id = %(acquirer)s AND scheme_file_id IN (SELECT file_id FROM old))
{ENTRY}
SELECT {NEW_ID}, %(acquirer)s, NULL, back.id, entry.account_id, -entry.amount_minor,
       entry.currency, %(now)s
  FROM back JOIN old ON old.file_id = back.cause_id
  JOIN ledger_entry AS entry ON entry.transaction_id = old.posted_id
"""
_SETTLE: LiteralString = f"""
WITH {_NET}, {BOOKS},
posted AS ({POSTING}
    SELECT {NEW_ID}, %(acquirer)s, NULL, 'scheme_file.settled', 'scheme_file', %(file)s, %(now)s
     WHERE EXISTS (SELECT FROM net WHERE gross <> 0 OR fee <> 0)
        ON CONFLICT DO NOTHING RETURNING id)
{ENTRY}
SELECT {NEW_ID}, %(acquirer)s, NULL, posted.id, leg.account_id, leg.minor, net.currency, %(now)s
  FROM posted, net JOIN books USING (currency)
 CROSS JOIN LATERAL (VALUES
    (clearing_id, net.net), (cost_id, net.fee), (receivable_id, -net.gross)
 ) AS leg (account_id, minor)
 WHERE leg.minor <> 0
"""
_PAY: LiteralString = f"""
WITH {_NET}, {BOOKS}, {NEAR}
chosen AS (
    SELECT DISTINCT ON (net.currency) entry.id
      FROM net
      JOIN settlement_bankentry AS entry
        ON entry.acquirer_id = %(acquirer)s AND entry.livemode = %(livemode)s
       AND entry.currency = net.currency AND entry.meaning = 'unexplained'
       AND sign(entry.amount_minor) = sign(net.net)
       AND {VALUED} BETWEEN %(day)s::date - %(before)s AND %(day)s::date + %(after)s
     {TELLING.format("entry")}
     CROSS JOIN LATERAL (SELECT {NAMES_THE_DAY.format("%(day)s")} AS names_it) AS names
     CROSS JOIN LATERAL (
        SELECT count(*) > 0 AS fits_others,
               COALESCE(bool_or({NAMES_THE_DAY.format("near.day")}), false) AS names_another
          FROM near
         WHERE near.file_id <> %(file)s AND near.currency = net.currency
           AND near.net = entry.amount_minor
           AND NOT {PAID.format("near.file_id", "near.currency")}) AS others
     WHERE (names_it OR (entry.amount_minor = net.net AND NOT names_another))
       AND {MAY_PAY}
       AND NOT {PAID.format("%(file)s", "net.currency")}
       AND NOT {ENDED.format("net.currency", "%(day)s")}
     ORDER BY net.currency, names_it AND entry.amount_minor = net.net DESC,
              entry.amount_minor = net.net AND NOT fits_others DESC, names_it DESC,
              abs({VALUED} - %(day)s::date), entry.id),
{EXPLAIN.format(parts=WHOLE)}
"""
# Two runs never look for the same money at once.
_TAKE_TURNS: LiteralString = """
SELECT pg_advisory_xact_lock(hashtextextended('bank of ' || %(acquirer)s::text, 0))
"""
GATHER: tuple[LiteralString, ...] = (
    _TAKE_TURNS,
    _TAKE_BACK,
    _SETTLE,
    _PAY,
    reversals.TAKE_BACK,
    sums.PAY_TOGETHER,
    sums.PAY_IN_PARTS,
)

# Missing once the bank's statements reach beyond the days in which it should have come.
FOUND: LiteralString = f"""
{_NET},
found AS (
    SELECT CASE WHEN paid.minor IS NULL THEN 'missing_at_them' ELSE 'amount' END AS break_kind,
           'NET ' || net.currency AS about, NULL::int AS line, NULL::uuid AS payment_id,
           NULL::uuid AS refund_id, NULL::uuid AS merchant_id,
           abs(net.net - COALESCE(paid.minor, 0)) AS at_risk, net.currency,
           jsonb_build_object('net', net.net, 'gross', net.gross, 'fee', net.fee,
                              'currency', net.currency, 'rows', net.rows) AS ours,
           CASE WHEN paid.minor IS NOT NULL THEN jsonb_build_object('amount', paid.minor,
                'of', entry.amount_minor, 'currency', entry.currency,
                'booked_on', entry.booked_on, 'text', entry.remittance,
                'reference', entry.bank_reference) END AS theirs
      FROM net
      LEFT JOIN LATERAL (
           SELECT sum(part.amount_minor)::bigint AS minor,
                  (array_agg(part.entry_id ORDER BY part.part DESC))[1] AS entry_id
             FROM settlement_paidsettlement AS part
            WHERE part.scheme_file_id = %(file)s AND part.currency = net.currency) AS paid ON true
      LEFT JOIN settlement_bankentry AS entry ON entry.id = paid.entry_id
     WHERE net.net <> COALESCE(paid.minor, 0)
       AND (paid.minor IS NOT NULL OR EXISTS (
            SELECT FROM settlement_bankstatement AS told
             WHERE told.acquirer_id = %(acquirer)s AND told.livemode = %(livemode)s
               AND told.currency = net.currency
               AND told.closes_on > %(day)s::date + %(after)s)))
"""
