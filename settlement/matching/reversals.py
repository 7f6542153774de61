"""What the bank takes back of a settlement that it had paid: the settlement waits again.

An entry that reverses another one belongs to the settlement that the other one paid: the same
amount with the other sign, not before it, and it names the scheme, the other one's reference, or
has the same text. Where more than one settlement fits, and it names the day of none, or where the
other one may be an entry that nobody has explained yet, it is left to a person.
"""

# ruff: noqa: S608 - the statements are made of this package's own words
from typing import LiteralString

from settlement.matching.paying import (
    BOOKS,
    ENDED,
    EXPLAIN,
    NAMES_THE_DAY,
    NAMES_THE_SCHEME,
    NEW_ID,
    TELLING,
    TOLD_OF,
    VALUED,
    VALUED_OF,
)

_FITS: LiteralString = f"""
fits AS (
    SELECT DISTINCT entry.id, entry.currency, file.id AS file_id,
           {NAMES_THE_DAY.format("file.business_date")} AS names_it
      FROM settlement_bankentry AS entry
      JOIN settlement_paidsettlement AS part
        ON part.acquirer_id = entry.acquirer_id AND part.currency = entry.currency
       AND part.amount_minor = -entry.amount_minor
      JOIN settlement_bankentry AS came ON came.id = part.entry_id
      JOIN settlement_schemefile AS file
        ON file.id = part.scheme_file_id AND file.partner_account_id = %(account)s
     {TELLING.format("entry")}
     WHERE entry.acquirer_id = %(acquirer)s AND entry.livemode = %(livemode)s
       AND entry.meaning = 'unexplained' AND entry.is_reversal AND entry.why = ''
       AND {VALUED} BETWEEN {VALUED_OF.format("came")}
                        AND {VALUED_OF.format("came")} + %(together)s
       AND ({NAMES_THE_SCHEME} OR lower(btrim(told)) = lower(btrim({TOLD_OF.format("came")}))
            OR (came.bank_reference <> ''
                AND strpos(told || ' ' || entry.bank_reference, came.bank_reference) > 0))
       AND NOT EXISTS (
            SELECT FROM settlement_bankentry AS other
              JOIN settlement_bankstatement AS its ON its.id = other.statement_id
              JOIN settlement_bankstatement AS of ON of.id = entry.statement_id
             WHERE other.acquirer_id = entry.acquirer_id AND other.livemode = entry.livemode
               AND other.currency = entry.currency AND other.meaning = 'unexplained'
               AND other.amount_minor = -entry.amount_minor AND NOT other.is_reversal
               AND its.paying_account_id = of.paying_account_id
               AND (its.number, other.line) < (of.number, entry.line))
       AND NOT {ENDED.format("entry.currency", "file.business_date")}
       AND (SELECT abs(sum(amount_minor)) >= abs(entry.amount_minor)
              FROM settlement_paidsettlement AS paid
             WHERE paid.scheme_file_id = file.id AND paid.currency = entry.currency)),
"""
# As one part more of the settlement, below what the others have brought.
_PART: LiteralString = f"""
SELECT {NEW_ID}, %(acquirer)s, id, %(file)s, currency, amount_minor,
       1 + (SELECT max(part) FROM settlement_paidsettlement AS earlier
             WHERE earlier.scheme_file_id = %(file)s AND earlier.currency = paid.currency),
       %(now)s
  FROM paid"""
TAKE_BACK: LiteralString = f"""
WITH {BOOKS}, {_FITS}
chosen AS (
    SELECT DISTINCT ON (currency) id
      FROM (SELECT fits.*, bool_or(names_it) OVER each AS any_named,
                   count(*) FILTER (WHERE names_it) OVER each AS named, count(*) OVER each AS many
              FROM fits WINDOW each AS (PARTITION BY id)) AS weighed
     WHERE file_id = %(file)s AND CASE WHEN any_named THEN names_it AND named = 1 ELSE many = 1 END
     ORDER BY currency, id),
{EXPLAIN.format(parts=_PART)}
"""
