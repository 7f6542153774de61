"""Payments, refunds and adjustments against the books: what is posted, once, as it ended."""

_POSTED = """
SELECT posted.cause_id, posted.kind, account.livemode, entry.merchant_id, entry.currency,
       -sum(entry.amount_minor) AS minor
  FROM ledger_transaction AS posted
  JOIN ledger_entry AS entry ON entry.transaction_id = posted.id
  JOIN ledger_account AS account
    ON account.id = entry.account_id AND account.kind = 'merchant_payable'
 WHERE posted.acquirer_id = %(acquirer)s AND posted.cause_type = '{cause}'
 GROUP BY posted.cause_id, posted.kind, account.livemode, entry.merchant_id, entry.currency
"""

BALANCED = """
SELECT entry.transaction_id, entry.currency || ' ' || sum(entry.amount_minor)::text
  FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
 WHERE entry.acquirer_id = %(acquirer)s
 GROUP BY entry.transaction_id, entry.currency, account.livemode
HAVING sum(entry.amount_minor) <> 0
"""
FITTING = """
SELECT entry.id, entry.currency || ' in ' || account.kind || ' ' || account.currency
  FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
 WHERE entry.acquirer_id = %(acquirer)s
   AND (entry.currency <> account.currency OR entry.acquirer_id <> account.acquirer_id
        OR entry.merchant_id IS DISTINCT FROM account.merchant_id)
"""
# Money is booked when a payment succeeds, and out again when it is taken back.
PAYMENTS = f"""
WITH posted AS ({_POSTED.format(cause="payment")})
SELECT payment.id, payment.status || ', booked ' || COALESCE(sale.minor, 0)::text
       || ', taken back ' || COALESCE(back.minor, 0)::text
  FROM payments_payment AS payment
  LEFT JOIN posted AS sale ON sale.cause_id = payment.id AND sale.kind = 'payment.succeeded'
  LEFT JOIN posted AS back ON back.cause_id = payment.id AND back.kind = 'payment.canceled'
 WHERE payment.acquirer_id = %(acquirer)s
   AND CASE
       WHEN payment.status IN ('succeeded', 'taking_back')
       THEN sale.minor IS DISTINCT FROM payment.amount_minor OR back.minor IS NOT NULL
       WHEN payment.status = 'canceled'
       THEN COALESCE(sale.minor, 0) + COALESCE(back.minor, 0) <> 0
       ELSE sale.minor IS NOT NULL OR back.minor IS NOT NULL END
    OR payment.acquirer_id = %(acquirer)s
   AND (sale.currency <> payment.currency OR sale.livemode <> payment.livemode
        OR sale.merchant_id <> payment.merchant_id)
"""  # noqa: S608 - the program's words
REFUNDS = f"""
WITH posted AS ({_POSTED.format(cause="refund")})
SELECT refund.id, refund.status || ', booked ' || COALESCE(posted.minor, 0)::text
  FROM payments_refund AS refund
  LEFT JOIN posted ON posted.cause_id = refund.id AND posted.kind = 'refund.succeeded'
 WHERE refund.acquirer_id = %(acquirer)s
   AND CASE WHEN refund.status = 'succeeded'
       THEN posted.minor IS DISTINCT FROM -refund.amount_minor
            OR posted.currency <> refund.currency OR posted.livemode <> refund.livemode
       ELSE posted.minor IS NOT NULL END
"""  # noqa: S608 - the program's words
# What the acquirer bears of a payment's reduction: owed with the sale, and back as it goes back.
PROMOTIONS = f"""
WITH paid AS ({_POSTED.format(cause="payment")}), back AS ({_POSTED.format(cause="refund")})
SELECT payment.id, payment.status || ', bears ' || payment.reduction_borne_minor::text
       || ', booked ' || COALESCE(granted.minor, 0)::text
  FROM payments_payment AS payment
  LEFT JOIN paid AS granted
    ON granted.cause_id = payment.id AND granted.kind = 'promotion.granted'
  LEFT JOIN paid AS taken
    ON taken.cause_id = payment.id AND taken.kind = 'promotion.taken_back'
 WHERE payment.acquirer_id = %(acquirer)s
   AND (payment.reduction_borne_minor > 0 OR granted.minor IS NOT NULL OR taken.minor IS NOT NULL)
   AND CASE
       WHEN payment.status IN ('succeeded', 'taking_back')
       THEN granted.minor IS DISTINCT FROM payment.reduction_borne_minor OR taken.minor IS NOT NULL
       WHEN payment.status = 'canceled'
       THEN COALESCE(granted.minor, 0) + COALESCE(taken.minor, 0) <> 0
       ELSE granted.minor IS NOT NULL OR taken.minor IS NOT NULL END
 UNION ALL
SELECT refund.payment_id, refund.status || ' refund gives back '
       || refund.reduction_borne_minor::text || ', booked ' || COALESCE(returned.minor, 0)::text
  FROM payments_refund AS refund
  LEFT JOIN back AS returned
    ON returned.cause_id = refund.id AND returned.kind = 'promotion.returned'
 WHERE refund.acquirer_id = %(acquirer)s
   AND CASE WHEN refund.status = 'succeeded'
       THEN COALESCE(returned.minor, 0) <> -refund.reduction_borne_minor
       ELSE returned.minor IS NOT NULL END
"""  # noqa: S608 - the program's words
ADJUSTMENTS = f"""
WITH posted AS ({_POSTED.format(cause="adjustment")})
SELECT made.id, 'booked ' || COALESCE(posted.minor, 0)::text
  FROM settlement_adjustment AS made LEFT JOIN posted ON posted.cause_id = made.id
 WHERE made.acquirer_id = %(acquirer)s
   AND (posted.minor IS DISTINCT FROM made.amount_minor OR posted.currency <> made.currency
        OR posted.livemode <> made.livemode)
"""  # noqa: S608 - the program's words
_TABLES = {
    "payment": "payments_payment",
    "refund": "payments_refund",
    "adjustment": "settlement_adjustment",
    "settlement_batch": "settlement_batch",
    "payout": "settlement_payout",
    "bank_entry": "settlement_bankentry",
    "reconciliation_break": "settlement_break",
    "scheme_file": "settlement_schemefile",
}
_IS_GONE = " ".join(
    f"WHEN '{kind}' THEN NOT EXISTS (SELECT FROM {table} AS cause WHERE cause.id = posted.cause_id)"
    for kind, table in _TABLES.items()
)
CAUSES = f"""
SELECT posted.id, posted.cause_type || ' ' || posted.cause_id::text
  FROM ledger_transaction AS posted
 WHERE posted.acquirer_id = %(acquirer)s
   AND CASE posted.cause_type {_IS_GONE} ELSE true END
"""  # noqa: S608 - the program's words
