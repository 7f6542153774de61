"""Batches, their lines, reserves and closings against the entries that they are made of."""

from settlement.state import SETTLED, LineKind

# What is held back of a merchant is the slices that no batch has released.
RESERVES = """
SELECT account.id, account.currency || ' ' || COALESCE(-booked.minor, 0)::text
       || ' in the books, held ' || COALESCE(held.minor, 0)::text
  FROM ledger_account AS account
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS minor FROM ledger_entry
              WHERE acquirer_id = %(acquirer)s GROUP BY account_id) AS booked
    ON booked.account_id = account.id
  LEFT JOIN (SELECT merchant_id, livemode, currency, sum(amount_minor) AS minor
               FROM settlement_reserve
              WHERE acquirer_id = %(acquirer)s AND released_by_id IS NULL
              GROUP BY merchant_id, livemode, currency) AS held
    ON held.merchant_id = account.merchant_id AND held.livemode = account.livemode
   AND held.currency = account.currency
 WHERE account.acquirer_id = %(acquirer)s AND account.kind = 'reserve'
   AND COALESCE(-booked.minor, 0) <> COALESCE(held.minor, 0)
"""
CLOSINGS = """
SELECT closing.account_id, closing.closes_at::text || ' ' || closing.balance_minor::text
  FROM (SELECT account_id, closes_at, balance_minor,
               balance_minor - lag(balance_minor, 1, 0::bigint) OVER by_account AS moved,
               lag(closes_at, 1, '-infinity') OVER by_account AS since
          FROM ledger_closing WHERE acquirer_id = %(acquirer)s
        WINDOW by_account AS (PARTITION BY account_id ORDER BY closes_at)) AS closing
 CROSS JOIN LATERAL (
    SELECT COALESCE(sum(entry.amount_minor), 0) AS minor FROM ledger_entry AS entry
     WHERE entry.account_id = closing.account_id
       AND entry.created_at >= closing.since AND entry.created_at < closing.closes_at) AS summed
 WHERE summed.minor <> closing.moved
"""
_SUM = "COALESCE(sum(line.gross_minor) FILTER (WHERE line.kind = '{0}'), 0)"
BATCHES = f"""
WITH summed AS (
    SELECT line.batch_id, count(*) AS lines,
           {_SUM.format(LineKind.PAYMENT)} AS sales, {_SUM.format(LineKind.CANCEL)} AS cancels,
           {_SUM.format(LineKind.REFUND)} AS refunds,
           {_SUM.format(LineKind.ADJUSTMENT)} AS adjustments,
           {_SUM.format(LineKind.PROMOTION)} AS promotions,
           sum(line.fee_minor) AS fees, sum(line.vat_minor) AS vat
      FROM settlement_line AS line WHERE line.acquirer_id = %(acquirer)s GROUP BY line.batch_id)
SELECT batch.id, 'lines ' || COALESCE(summed.lines, 0)::text || ', sales '
       || COALESCE(summed.sales, 0)::text
  FROM settlement_batch AS batch LEFT JOIN summed ON summed.batch_id = batch.id
 WHERE batch.acquirer_id = %(acquirer)s
   AND ((batch.line_count, batch.sales_minor, batch.cancels_minor, batch.refunds_minor,
         batch.adjustments_minor, batch.promotions_minor, batch.fees_minor, batch.vat_minor)
        IS DISTINCT FROM
        (COALESCE(summed.lines, 0), COALESCE(summed.sales, 0), COALESCE(summed.cancels, 0),
         COALESCE(summed.refunds, 0), COALESCE(summed.adjustments, 0),
         COALESCE(summed.promotions, 0), COALESCE(summed.fees, 0), COALESCE(summed.vat, 0))
        OR batch.opening_minor + batch.sales_minor + batch.cancels_minor + batch.refunds_minor
           + batch.adjustments_minor + batch.promotions_minor + batch.fees_minor
           + batch.vat_minor + batch.reserved_minor + batch.released_minor
           + batch.paid_out_minor <> batch.closing_minor)
"""  # noqa: S608 - the program's words
# What a batch carries on stands in the books at its moment.
CARRIED = """
WITH stood AS (
    SELECT account.merchant_id, account.livemode, account.currency, entry.created_at,
           -sum(sum(entry.amount_minor)) OVER (
                PARTITION BY account.id ORDER BY entry.created_at) AS minor
      FROM ledger_account AS account JOIN ledger_entry AS entry ON entry.account_id = account.id
     WHERE account.acquirer_id = %(acquirer)s AND account.kind = 'merchant_available'
     GROUP BY account.id, entry.created_at)
SELECT batch.id, 'carried on ' || batch.closing_minor::text || ', in the books '
       || stood.minor::text
  FROM settlement_batch AS batch
  JOIN stood ON stood.merchant_id = batch.merchant_id AND stood.livemode = batch.livemode
   AND stood.currency = batch.currency AND stood.created_at = batch.created_at
 WHERE batch.acquirer_id = %(acquirer)s AND stood.minor <> batch.closing_minor
"""
LINES = """
SELECT line.id, 'entry ' || line.entry_id::text
  FROM settlement_line AS line
  JOIN settlement_batch AS batch ON batch.id = line.batch_id
  LEFT JOIN ledger_entry AS entry ON entry.id = line.entry_id
  LEFT JOIN ledger_account AS account ON account.id = entry.account_id
 WHERE line.acquirer_id = %(acquirer)s
   AND (entry.id IS NULL OR -entry.amount_minor <> line.gross_minor
        OR account.kind <> 'merchant_payable'
        OR (account.merchant_id, account.livemode, account.currency)
           IS DISTINCT FROM (batch.merchant_id, batch.livemode, batch.currency)
        OR line.currency <> batch.currency OR line.merchant_id <> batch.merchant_id)
"""
_SETTLED = ", ".join(f"'{kind}'" for kind in SETTLED)
# What is owed and in no batch is what was posted since: everything else has cleared itself.
OWED = f"""
SELECT account.id, account.currency || ' ' || sum(entry.amount_minor)::text
  FROM ledger_account AS account
  JOIN ledger_entry AS entry ON entry.account_id = account.id
  JOIN ledger_transaction AS posted ON posted.id = entry.transaction_id
  LEFT JOIN settlement_line AS line ON line.entry_id = entry.id
 WHERE account.acquirer_id = %(acquirer)s AND account.kind = 'merchant_payable'
   AND (line.id IS NOT NULL OR posted.kind NOT IN ({_SETTLED}))
 GROUP BY account.id, account.currency
HAVING sum(entry.amount_minor) <> 0
"""  # noqa: S608 - the program's words
