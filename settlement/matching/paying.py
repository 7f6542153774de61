"""How an entry of the bank pays a settlement file: words that the statements of bank share."""

# ruff: noqa: S608 - the statements are made of this package's own words
from typing import LiteralString

NEW_ID: LiteralString = "(left(%(seed)s::text, 18) || right(gen_random_uuid()::text, 18))::uuid"
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
VALUED: LiteralString = "COALESCE(entry.value_on, entry.booked_on)"
# What the bank says of an entry, as ``told``, and whether that names the scheme.
TELLING: LiteralString = """CROSS JOIN LATERAL (
        SELECT {0}.remittance || ' ' || array_to_string({0}.references, ' ') AS told) AS text"""
NAMES_THE_SCHEME: LiteralString = "(told ILIKE '%%alipay%%' OR strpos(told, %(partner)s) > 0)"
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
