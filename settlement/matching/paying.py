"""How an entry of the bank pays a settlement file: words that the statements of bank share."""

# ruff: noqa: S608 - the statements are made of this package's own words
from typing import LiteralString

from kernel.ids import beside

NEW_ID: LiteralString = beside("%(seed)s")
BOOKS: LiteralString = """
books AS (
    SELECT * FROM unnest(%(currencies)s::text[], %(receivable)s::uuid[], %(cost)s::uuid[],
                         %(clearing)s::uuid[], %(suspense)s::uuid[])
        AS books (currency, receivable_id, cost_id, clearing_id, suspense_id))
"""
ENTRY: LiteralString = """
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
"""
POSTING: LiteralString = """
INSERT INTO ledger_transaction
       (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
"""
# A settlement that a person has booked as not coming waits for no money any more.
ENDED: LiteralString = """EXISTS (
    SELECT FROM settlement_break AS ended
     WHERE ended.acquirer_id = %(acquirer)s AND ended.partner_account_id = %(account)s
       AND ended.way = 'bank' AND ended.business_date = {1} AND ended.state = 'resolved'
       AND ended.resolution <> 'explained' AND ended.about = 'NET ' || {0})"""
PAID: LiteralString = """EXISTS (
    SELECT FROM settlement_paidsettlement AS paid
     WHERE paid.scheme_file_id = {0} AND paid.currency = {1})"""
VALUED_OF: LiteralString = "COALESCE({0}.value_on, {0}.booked_on)"
VALUED: LiteralString = VALUED_OF.format("entry")
# What the bank says of an entry, as ``told``, and whether that names the scheme.
TOLD_OF: LiteralString = "{0}.remittance || ' ' || array_to_string({0}.references, ' ')"
TELLING: LiteralString = f"CROSS JOIN LATERAL (SELECT {TOLD_OF} AS told) AS text"
NAMES_THE_SCHEME: LiteralString = "(told ILIKE '%%alipay%%' OR strpos(told, %(partner)s) > 0)"
_NAMES_A_DAY: LiteralString = """
(strpos(told, to_char({0}::date, 'YYYYMMDD')) > 0 OR strpos(told, {0}::date::text) > 0)"""
NAMES_THE_DAY: LiteralString = f"({NAMES_THE_SCHEME} AND {_NAMES_A_DAY})"
# Why an entry that may pay a settlement is left to a person.
UNSURE = "more than one choice of entries adds up to a settlement of those days"
TOO_MANY = "too many entries of one origin to try every sum of them"
# What nobody has said to be something else: it names no payout, takes no booking back, and is not
# of another of the acquirer's partner accounts.
MAY_PAY: LiteralString = """
(NOT entry.is_reversal AND entry.why IN ('', %(unsure)s, %(too_many)s)
 AND (strpos(told, %(partner)s) > 0 OR NOT EXISTS (
      SELECT FROM merchants_partneraccount AS another
       WHERE another.acquirer_id = %(acquirer)s AND another.partner_id <> %(partner)s
         AND strpos(told, another.partner_id) > 0)))"""
TOGETHER_DAYS = 10  # how far apart the settlements may be that one entry pays
# The booked settlements near the day for which money may still come, and what should come.
NEAR: LiteralString = f"""
near AS MATERIALIZED (
    SELECT file.id AS file_id, file.business_date AS day, entry.currency, entry.amount_minor AS net
      FROM settlement_schemefile AS file
      JOIN ledger_transaction AS posted ON posted.cause_type = 'scheme_file'
       AND posted.cause_id = file.id AND posted.kind = 'scheme_file.settled'
      JOIN ledger_entry AS entry ON entry.transaction_id = posted.id
      JOIN books ON books.clearing_id = entry.account_id
     WHERE file.acquirer_id = %(acquirer)s AND file.partner_account_id = %(account)s
       AND file.kind = 'settlement' AND file.state = 'loaded'
       AND file.business_date BETWEEN %(day)s::date - %(together)s AND %(day)s::date + %(together)s
       AND NOT {ENDED.format("entry.currency", "file.business_date")}),
"""
# The chosen entries leave suspense for what was on its way.
EXPLAIN: LiteralString = f"""
paid AS (
    UPDATE settlement_bankentry AS entry SET meaning = 'scheme_settlement', why = ''
      FROM chosen WHERE entry.id = chosen.id AND entry.meaning = 'unexplained'
    RETURNING entry.id, entry.currency, entry.amount_minor),
posted AS ({POSTING}
    SELECT {NEW_ID}, %(acquirer)s, NULL, 'bank_entry.explained', 'bank_entry', id, %(now)s
      FROM paid RETURNING id, cause_id),
parts AS (
    INSERT INTO settlement_paidsettlement
           (id, acquirer_id, entry_id, scheme_file_id, currency, amount_minor, part, created_at)
    {{parts}})
{ENTRY}
SELECT {NEW_ID}, %(acquirer)s, NULL, posted.id, leg.account_id, leg.minor, paid.currency, %(now)s
  FROM posted JOIN paid ON paid.id = posted.cause_id JOIN books USING (currency)
 CROSS JOIN LATERAL (VALUES
    (suspense_id, paid.amount_minor), (clearing_id, -paid.amount_minor)
 ) AS leg (account_id, minor)
"""
WHOLE: LiteralString = f"""
SELECT {NEW_ID}, %(acquirer)s, id, %(file)s, currency, amount_minor, 1, %(now)s FROM paid"""
