"""What must always hold of the books: one table of statements, each finding what breaks its rule.

Each gives rows of an id and of what is wrong with it, of one acquirer; one statement sees the
tables at one moment. Source of the rules: settlement-conventions §2 and §4.
"""

from dataclasses import dataclass

from settlement.batches.fees import ASSIGNED, NO_VOLUMES, charging
from settlement.state import SETTLED, LineKind


@dataclass(frozen=True, slots=True)
class Invariant:
    """``prefix`` is of the ids that ``sql`` finds, by ``%(acquirer)s``."""

    name: str
    meaning: str
    prefix: str
    sql: str


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
CAUSES = """
SELECT posted.id, posted.cause_type || ' ' || posted.cause_id::text
  FROM ledger_transaction AS posted
 WHERE posted.acquirer_id = %(acquirer)s
   AND CASE posted.cause_type
       WHEN 'payment' THEN NOT EXISTS (
            SELECT FROM payments_payment AS cause WHERE cause.id = posted.cause_id)
       WHEN 'refund' THEN NOT EXISTS (
            SELECT FROM payments_refund AS cause WHERE cause.id = posted.cause_id)
       WHEN 'adjustment' THEN NOT EXISTS (
            SELECT FROM settlement_adjustment AS cause WHERE cause.id = posted.cause_id)
       WHEN 'settlement_batch' THEN NOT EXISTS (
            SELECT FROM settlement_batch AS cause WHERE cause.id = posted.cause_id)
       WHEN 'payout' THEN NOT EXISTS (
            SELECT FROM settlement_payout AS cause WHERE cause.id = posted.cause_id)
       WHEN 'bank_entry' THEN NOT EXISTS (
            SELECT FROM settlement_bankentry AS cause WHERE cause.id = posted.cause_id)
       WHEN 'reconciliation_break' THEN NOT EXISTS (
            SELECT FROM settlement_break AS cause WHERE cause.id = posted.cause_id)
       WHEN 'scheme_file' THEN NOT EXISTS (
            SELECT FROM settlement_schemefile AS cause WHERE cause.id = posted.cause_id)
       ELSE true END
"""
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

# What is charged names what charged it; money that goes back costs nothing.
FEES = """
SELECT line.id, line.kind || ', fee ' || line.fee_minor::text || ', VAT ' || line.vat_minor::text
  FROM settlement_line AS line
  LEFT JOIN settlement_feeversion AS version
    ON version.id = line.fee_version_id AND version.acquirer_id = line.acquirer_id
  LEFT JOIN settlement_vatrate AS rate
    ON rate.id = line.vat_rate_id AND rate.acquirer_id = line.acquirer_id
 WHERE line.acquirer_id = %(acquirer)s
   AND (version.id IS NULL AND (line.fee_minor <> 0 OR line.fee_version_id IS NOT NULL)
        OR rate.id IS NULL AND (line.vat_minor <> 0 OR line.vat_rate_id IS NOT NULL)
        OR line.kind = 'payment' AND greatest(line.fee_minor, line.vat_minor) > 0
        OR line.kind <> 'payment' AND least(line.fee_minor, line.vat_minor) < 0)
"""
RETURNED = """
SELECT line.payment_id, 'returned beyond its fee: ' || sum(line.fee_minor)::text || ', VAT '
       || sum(line.vat_minor)::text
  FROM settlement_line AS line
 WHERE line.acquirer_id = %(acquirer)s AND line.payment_id IS NOT NULL
 GROUP BY line.payment_id
HAVING sum(line.fee_minor) > 0 OR sum(line.vat_minor) > 0
"""
INCOME = """
SELECT batch.id, 'fees ' || batch.fees_minor::text || ', booked ' || COALESCE(fees, 0)::text
       || ', VAT ' || batch.vat_minor::text || ', booked ' || COALESCE(vat, 0)::text
  FROM settlement_batch AS batch
  LEFT JOIN (
    SELECT posted.cause_id,
           sum(entry.amount_minor) FILTER (WHERE account.kind = 'fee_income') AS fees,
           sum(entry.amount_minor) FILTER (WHERE account.kind = 'output_vat') AS vat
      FROM ledger_transaction AS posted
      JOIN ledger_entry AS entry ON entry.transaction_id = posted.id
      JOIN ledger_account AS account ON account.id = entry.account_id
     WHERE posted.acquirer_id = %(acquirer)s AND posted.kind = 'batch.frozen'
     GROUP BY posted.cause_id) AS booked ON booked.cause_id = batch.id
 WHERE batch.acquirer_id = %(acquirer)s
   AND (batch.fees_minor, batch.vat_minor) <> (COALESCE(fees, 0), COALESCE(vat, 0))
"""
VOLUMES = """
SELECT batch.id, 'sold ' || batch.sales_minor::text || ', counted ' || COALESCE(sales, 0)::text
  FROM settlement_batch AS batch
  LEFT JOIN (SELECT batch_id, sum(sales_minor) AS sales FROM settlement_volume
              WHERE acquirer_id = %(acquirer)s GROUP BY batch_id) AS volume
    ON volume.batch_id = batch.id
 WHERE batch.acquirer_id = %(acquirer)s AND batch.sales_minor <> COALESCE(sales, 0)
"""

# The rule again, over what was settled of the last two months with sales, in that order.
_ZONE = "(SELECT time_zone FROM tenancy_acquirer WHERE id = %(acquirer)s)"
_SINCE = f"""(SELECT ((max(month) - interval '1 month') AT TIME ZONE {_ZONE})
                FROM settlement_volume WHERE acquirer_id = %(acquirer)s)"""  # noqa: S608
_NAMES = """(SELECT array_agg(DISTINCT scheme) || ARRAY['']::varchar[]
               FROM settlement_feeprice WHERE acquirer_id = %(acquirer)s AND scheme <> '')"""
_SETTLED_LINES = f"""
SELECT batch.number AS place, line.entry_id, line.merchant_id, line.currency, line.gross_minor,
       line.kind, line.booked_at, line.payment_id, line.refund_id, line.business_date
  FROM settlement_line AS line JOIN settlement_batch AS batch ON batch.id = line.batch_id
 WHERE line.acquirer_id = %(acquirer)s AND batch.livemode = {{livemode}}
   AND line.booked_at >= {_SINCE}
"""  # noqa: S608 - the program's words


def _charged_again(livemode: str) -> str:
    parts = {
        "picked": _SETTLED_LINES.format(livemode=livemode),
        **charging(ASSIGNED, NO_VOLUMES, f"line.booked_at < {_SINCE}"),
    }
    told = {
        "%(fee_zone)s": _ZONE,
        "%(schemes)s::text[]": "%(schemes)s",
        "%(schemes)s": "(SELECT schemes FROM fee_schemes)::text[]",  # an expression, no set
        "%(merchants)s": """ARRAY(SELECT id FROM merchants_merchant
                                   WHERE acquirer_id = %(acquirer)s)""",
    }
    schemes = f"SELECT COALESCE({_NAMES}, ARRAY[''])::text[] AS schemes"
    all_of_them = f"fee_schemes AS ({schemes})"
    for name, sql in parts.items():
        for parameter, found in told.items():
            sql = sql.replace(parameter, found)
        all_of_them += f", {name} AS MATERIALIZED ({sql})"
    return f"""
WITH {all_of_them}
SELECT line.id, 'fee ' || line.fee_minor::text || ', by the rule ' || charged.fee_minor::text
  FROM charged JOIN settlement_line AS line ON line.entry_id = charged.entry_id
 WHERE (line.fee_minor, line.fee_version_id)
       IS DISTINCT FROM (charged.fee_minor, charged.fee_version_id)
"""  # noqa: S608 - the program's words


RULE = f"({_charged_again('true')}) UNION ALL ({_charged_again('false')})"

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("balanced", "Each transaction balances, in each currency and mode.", "ltx", BALANCED),
    Invariant("fitting", "Each entry fits the account it stands in.", "len", FITTING),
    Invariant("payments", "Each payment stands in the books as it ended.", "pay", PAYMENTS),
    Invariant("refunds", "Each refund stands in the books as it ended.", "rfd", REFUNDS),
    Invariant(
        "promotions", "What the acquirer bears of a price stands in the books.", "pay", PROMOTIONS
    ),
    Invariant("adjustments", "Each adjustment stands in the books.", "adj", ADJUSTMENTS),
    Invariant("causes", "Nothing was posted without its cause.", "ltx", CAUSES),
    Invariant(
        "settlements",
        "What the scheme settles and charges stands in the books as its file says.",
        "sfl",
        SETTLEMENTS,
    ),
    Invariant(
        "entries",
        "What nobody has explained of the bank's entries stands in suspense, no more.",
        "ben",
        ENTRIES,
    ),
    Invariant("payouts", "A payout is in transit until the bank has ended it.", "pyo", PAYOUTS),
    Invariant("reserves", "What is held back is what no batch has released.", "lac", RESERVES),
    Invariant("closings", "Each closing is the sum of the entries before it.", "lac", CLOSINGS),
    Invariant("batches", "Each batch adds up, and is the sum of its lines.", "set", BATCHES),
    Invariant("carried", "What a batch carries on stands in the books.", "set", CARRIED),
    Invariant("lines", "Each line is one entry of its merchant.", "sln", LINES),
    Invariant("fees", "Each fee names the version and the VAT rate that made it.", "sln", FEES),
    Invariant("rule", "Each fee is what its version says, charged again.", "sln", RULE),
    Invariant("returned", "No sale gives back more than its fee.", "pay", RETURNED),
    Invariant("income", "Fees and VAT of each batch stand in the books.", "set", INCOME),
    Invariant("volumes", "The volume of a month is what its batches have sold.", "set", VOLUMES),
    Invariant("bank", "What stands in the bank is what its statements say.", "pya", BANK),
    Invariant("owed", "What is owed is what no batch has settled yet.", "lac", OWED),
)
