"""What the scheme and the bank say against the books, and payouts on their way."""

# What the scheme owed becomes what it pays and what it costs, as its settlement file says; one
# that was superseded is taken back whole.
SETTLEMENTS = """
WITH told AS (
    SELECT row.file_id, row.currency,
           sum(CASE row.kind WHEN 'P' THEN row.amount_minor ELSE -row.amount_minor END) AS gross,
           sum(CASE row.kind WHEN 'P' THEN row.fee_minor ELSE -row.fee_minor END) AS fee
      FROM settlement_schemefile AS file JOIN settlement_schemerow AS row ON row.file_id = file.id
     WHERE file.acquirer_id = %(acquirer)s AND file.kind = 'settlement'
       AND row.acquirer_id = %(acquirer)s
     GROUP BY row.file_id, row.currency),
booked AS (
    SELECT posted.cause_id AS file_id, entry.currency,
           posted.kind = 'scheme_file.superseded' AS is_back,
           COALESCE(-sum(entry.amount_minor)
                    FILTER (WHERE account.kind = 'scheme_receivable'), 0) AS gross,
           COALESCE(sum(entry.amount_minor)
                    FILTER (WHERE account.kind = 'scheme_cost'), 0) AS fee
      FROM ledger_transaction AS posted
      JOIN ledger_entry AS entry ON entry.transaction_id = posted.id
      JOIN ledger_account AS account ON account.id = entry.account_id
     WHERE posted.acquirer_id = %(acquirer)s AND posted.cause_type = 'scheme_file'
     GROUP BY posted.cause_id, entry.currency, is_back)
SELECT file.id, file.state || ', ' || told.currency || ' ' || told.gross::text || ' less '
       || told.fee::text || ', booked ' || COALESCE(settled.gross, 0)::text || ' less '
       || COALESCE(settled.fee, 0)::text || ', taken back ' || COALESCE(back.gross, 0)::text
  FROM told JOIN settlement_schemefile AS file ON file.id = told.file_id
  LEFT JOIN booked AS settled
    ON settled.file_id = told.file_id AND settled.currency = told.currency AND NOT settled.is_back
  LEFT JOIN booked AS back
    ON back.file_id = told.file_id AND back.currency = told.currency AND back.is_back
 WHERE EXISTS (SELECT FROM booked WHERE booked.file_id = told.file_id)
   AND ((COALESCE(settled.gross, 0), COALESCE(settled.fee, 0)) <> (told.gross, told.fee)
        OR back.gross IS NOT NULL AND (back.gross, back.fee) <> (-told.gross, -told.fee)
        OR back.gross IS NOT NULL AND file.state = 'loaded')
"""
# An entry of the bank that nobody has explained stands in suspense with its amount, no other; what
# pays settlements is shared out among them.
ENTRIES = """
SELECT entry.id, entry.meaning || ', ' || entry.amount_minor::text || ', in suspense '
       || COALESCE(suspended.minor, 0)::text || ', shared out ' || COALESCE(shared.minor, 0)::text
  FROM settlement_bankentry AS entry
  LEFT JOIN (
    SELECT posted.cause_id, -sum(leg.amount_minor) AS minor
      FROM ledger_transaction AS posted
      JOIN ledger_entry AS leg ON leg.transaction_id = posted.id
      JOIN ledger_account AS account ON account.id = leg.account_id AND account.kind = 'suspense'
     WHERE posted.acquirer_id = %(acquirer)s AND posted.cause_type = 'bank_entry'
     GROUP BY posted.cause_id) AS suspended ON suspended.cause_id = entry.id
  LEFT JOIN (SELECT entry_id, sum(amount_minor) AS minor FROM settlement_paidsettlement
              WHERE acquirer_id = %(acquirer)s GROUP BY entry_id) AS shared
    ON shared.entry_id = entry.id
 WHERE entry.acquirer_id = %(acquirer)s
   AND (COALESCE(suspended.minor, 0)
        <> CASE entry.meaning WHEN 'unexplained' THEN entry.amount_minor ELSE 0 END
        OR COALESCE(shared.minor, 0)
        <> CASE entry.meaning WHEN 'scheme_settlement' THEN entry.amount_minor ELSE 0 END)
"""
# A payout is in transit until the bank has booked or refused it.
PAYOUTS = """
SELECT payout.id, payout.status || ', in transit ' || COALESCE(transit.minor, 0)::text
  FROM settlement_payout AS payout
  LEFT JOIN (
    SELECT posted.cause_id, -sum(entry.amount_minor) AS minor
      FROM ledger_transaction AS posted
      JOIN ledger_entry AS entry ON entry.transaction_id = posted.id
      JOIN ledger_account AS account
        ON account.id = entry.account_id AND account.kind = 'payout_in_transit'
     WHERE posted.acquirer_id = %(acquirer)s AND posted.cause_type = 'payout'
     GROUP BY posted.cause_id) AS transit ON transit.cause_id = payout.id
 WHERE payout.acquirer_id = %(acquirer)s
   AND COALESCE(transit.minor, 0)
       <> CASE WHEN payout.status IN ('created', 'instructed', 'sent') THEN payout.amount_minor
               ELSE 0 END
"""
# The bank's account in the books has moved as its statements say.
BANK = """
SELECT account.id, account.currency || ' ' || account.moved::text || ' by the statements, '
       || COALESCE(booked.minor, 0)::text || ' in the books'
  FROM (SELECT account.id, account.livemode, account.currency,
               sum(statement.closing_minor - statement.opening_minor) AS moved
          FROM settlement_payingaccount AS account
          JOIN settlement_bankstatement AS statement ON statement.paying_account_id = account.id
         WHERE account.acquirer_id = %(acquirer)s
         GROUP BY account.id, account.livemode, account.currency) AS account
  LEFT JOIN (SELECT book.livemode, book.currency, sum(entry.amount_minor) AS minor
               FROM ledger_account AS book JOIN ledger_entry AS entry ON entry.account_id = book.id
              WHERE book.acquirer_id = %(acquirer)s AND book.kind = 'bank'
              GROUP BY book.livemode, book.currency) AS booked
    ON booked.livemode = account.livemode AND booked.currency = account.currency
 WHERE account.moved <> COALESCE(booked.minor, 0)
"""
