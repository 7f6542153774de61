"""The scheme's settlement file against the bank: what it says it pays, and what has arrived.

First the file is booked, once: what the scheme owed becomes what is on its way, less its fee. Then
each currency's net looks for the one unexplained entry that pays it: the same amount near the day,
or one that names the scheme and the day. What is left over is looked for as part of a sum: one
entry that pays this file and others near it, where only one choice of files adds up to it.
Source: settlement-conventions §7, C against D.
"""

# ruff: noqa: S608 - the statements are made of this file's own words
from typing import LiteralString

BEFORE_DAYS, AFTER_DAYS = 2, 5  # how far from its day a settlement may be valued
TOGETHER_DAYS = 10  # how far apart the settlements may be that one entry pays
TOGETHER_FILES = 8  # that are tried, the nearest first: at most 255 sums of a currency

_NEW_ID: LiteralString = "(left(%(seed)s::text, 18) || right(gen_random_uuid()::text, 18))::uuid"
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
_BOOKS: LiteralString = """
books AS (
    SELECT * FROM unnest(%(currencies)s::text[], %(receivable)s::uuid[], %(cost)s::uuid[],
                         %(clearing)s::uuid[], %(suspense)s::uuid[])
        AS books (currency, receivable_id, cost_id, clearing_id, suspense_id))
"""
_ENTRY: LiteralString = """
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
"""
_POSTING: LiteralString = """
INSERT INTO ledger_transaction
       (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
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
back AS ({_POSTING}
    SELECT {_NEW_ID}, %(acquirer)s, NULL, 'scheme_file.superseded', 'scheme_file', file_id, %(now)s
      FROM old RETURNING id, cause_id),
paid AS (UPDATE settlement_paidsettlement SET scheme_file_id = %(file)s
          WHERE acquirer_id = %(acquirer)s AND scheme_file_id IN (SELECT file_id FROM old))
{_ENTRY}
SELECT {_NEW_ID}, %(acquirer)s, NULL, back.id, entry.account_id, -entry.amount_minor,
       entry.currency, %(now)s
  FROM back JOIN old ON old.file_id = back.cause_id
  JOIN ledger_entry AS entry ON entry.transaction_id = old.posted_id
"""
_SETTLE: LiteralString = f"""
WITH {_NET}, {_BOOKS},
posted AS ({_POSTING}
    SELECT {_NEW_ID}, %(acquirer)s, NULL, 'scheme_file.settled', 'scheme_file', %(file)s, %(now)s
     WHERE EXISTS (SELECT FROM net WHERE gross <> 0 OR fee <> 0)
        ON CONFLICT DO NOTHING RETURNING id)
{_ENTRY}
SELECT {_NEW_ID}, %(acquirer)s, NULL, posted.id, leg.account_id, leg.minor, net.currency, %(now)s
  FROM posted, net JOIN books USING (currency)
 CROSS JOIN LATERAL (VALUES
    (clearing_id, net.net), (cost_id, net.fee), (receivable_id, -net.gross)
 ) AS leg (account_id, minor)
 WHERE leg.minor <> 0
"""
# A settlement that a person has booked as not coming waits for no money any more.
_ENDED: LiteralString = """EXISTS (
    SELECT FROM settlement_break AS ended
     WHERE ended.acquirer_id = %(acquirer)s AND ended.partner_account_id = %(account)s
       AND ended.way = 'bank' AND ended.business_date = {1} AND ended.state = 'resolved'
       AND ended.resolution <> 'explained' AND ended.about = 'NET ' || {0})"""
_PAID: LiteralString = """EXISTS (
    SELECT FROM settlement_paidsettlement AS paid
     WHERE paid.scheme_file_id = {0} AND paid.currency = {1})"""
_VALUED: LiteralString = "COALESCE(entry.value_on, entry.booked_on)"
# The chosen entries leave suspense for what was on its way.
_EXPLAIN: LiteralString = f"""
paid AS (
    UPDATE settlement_bankentry AS entry SET meaning = 'scheme_settlement'
      FROM chosen WHERE entry.id = chosen.id AND entry.meaning = 'unexplained'
    RETURNING entry.id, entry.currency, entry.amount_minor),
posted AS ({_POSTING}
    SELECT {_NEW_ID}, %(acquirer)s, NULL, 'bank_entry.explained', 'bank_entry', id, %(now)s
      FROM paid RETURNING id, cause_id),
parts AS (
    INSERT INTO settlement_paidsettlement
           (id, acquirer_id, entry_id, scheme_file_id, currency, amount_minor, created_at)
    {{parts}})
{_ENTRY}
SELECT {_NEW_ID}, %(acquirer)s, NULL, posted.id, leg.account_id, leg.minor, paid.currency, %(now)s
  FROM posted JOIN paid ON paid.id = posted.cause_id JOIN books USING (currency)
 CROSS JOIN LATERAL (VALUES
    (suspense_id, paid.amount_minor), (clearing_id, -paid.amount_minor)
 ) AS leg (account_id, minor)
"""
_WHOLE: LiteralString = f"""
SELECT {_NEW_ID}, %(acquirer)s, id, %(file)s, currency, amount_minor, %(now)s FROM paid"""
_SHARES: LiteralString = f"""
SELECT {_NEW_ID}, %(acquirer)s, paid.id, waiting.file_id, paid.currency, waiting.net, %(now)s
  FROM paid JOIN chosen USING (id)
  JOIN waiting ON waiting.currency = paid.currency AND waiting.file_id = ANY (chosen.files)"""
_PAY: LiteralString = f"""
WITH {_NET}, {_BOOKS},
chosen AS (
    SELECT DISTINCT ON (net.currency) entry.id
      FROM net
      JOIN settlement_bankentry AS entry
        ON entry.acquirer_id = %(acquirer)s AND entry.livemode = %(livemode)s
       AND entry.currency = net.currency AND entry.meaning = 'unexplained'
       AND sign(entry.amount_minor) = sign(net.net)
       AND {_VALUED} BETWEEN %(day)s::date - %(before)s AND %(day)s::date + %(after)s
     CROSS JOIN LATERAL (
        SELECT entry.remittance || ' ' || array_to_string(entry.references, ' ') AS told) AS text
     CROSS JOIN LATERAL (
        SELECT (told ILIKE '%%alipay%%' OR strpos(told, %(partner)s) > 0)
               AND (strpos(told, to_char(%(day)s::date, 'YYYYMMDD')) > 0
                    OR strpos(told, %(day)s::date::text) > 0) AS names_it) AS names
     WHERE (entry.amount_minor = net.net OR names_it)
       AND NOT {_PAID.format("%(file)s", "net.currency")}
       AND NOT {_ENDED.format("net.currency", "%(day)s")}
     ORDER BY net.currency, names_it AND entry.amount_minor = net.net DESC, names_it DESC,
              abs({_VALUED} - %(day)s::date), entry.id),
{_EXPLAIN.format(parts=_WHOLE)}
"""
# Every choice of the settlements that wait, with its sum; an entry that more than one choice fits
# is left to a person.
_PAY_TOGETHER: LiteralString = f"""
WITH RECURSIVE {_BOOKS},
waiting AS MATERIALIZED (
    SELECT file.id AS file_id, file.business_date AS day, entry.currency,
           entry.amount_minor AS net,
           row_number() OVER (PARTITION BY entry.currency
               ORDER BY abs(file.business_date - %(day)s::date), file.business_date) AS place
      FROM settlement_schemefile AS file
      JOIN ledger_transaction AS posted ON posted.cause_type = 'scheme_file'
       AND posted.cause_id = file.id AND posted.kind = 'scheme_file.settled'
      JOIN ledger_entry AS entry ON entry.transaction_id = posted.id
      JOIN books ON books.clearing_id = entry.account_id
     WHERE file.acquirer_id = %(acquirer)s AND file.partner_account_id = %(account)s
       AND file.kind = 'settlement' AND file.state = 'loaded'
       AND file.business_date BETWEEN %(day)s::date - %(together)s AND %(day)s::date + %(together)s
       AND NOT {_PAID.format("file.id", "entry.currency")}
       AND NOT {_ENDED.format("entry.currency", "file.business_date")}),
sums AS (
    SELECT currency, place, ARRAY[file_id] AS files, net AS total, day AS first_day, day AS last_day
      FROM waiting WHERE place <= %(most)s
     UNION ALL
    SELECT sums.currency, waiting.place, sums.files || waiting.file_id, sums.total + waiting.net,
           least(sums.first_day, waiting.day), greatest(sums.last_day, waiting.day)
      FROM sums JOIN waiting ON waiting.currency = sums.currency
       AND waiting.place > sums.place AND waiting.place <= %(most)s),
fits AS (
    SELECT entry.id, entry.currency, {_VALUED} AS valued, sums.files,
           count(*) OVER (PARTITION BY entry.id) AS ways
      FROM sums
      JOIN settlement_bankentry AS entry
        ON entry.acquirer_id = %(acquirer)s AND entry.livemode = %(livemode)s
       AND entry.currency = sums.currency AND entry.meaning = 'unexplained'
       AND entry.amount_minor = sums.total
       AND {_VALUED} BETWEEN sums.last_day - %(before)s AND sums.last_day + %(after)s
       AND sums.last_day - sums.first_day <= %(together)s),
chosen AS (
    SELECT DISTINCT ON (currency) id, files FROM fits
     WHERE ways = 1 AND cardinality(files) > 1 AND %(file)s = ANY (files)
     ORDER BY currency, abs(valued - %(day)s::date), id),
{_EXPLAIN.format(parts=_SHARES)}
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
    _PAY_TOGETHER,
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
