"""The one statement that freezes batches: lines, fees, sums, books, payouts. All of it or nothing.

``picked`` are the entries of the merchants' accounts before the cut-off that no line has yet:
however often and by however many this runs, an entry is settled once (``an_entry_is_settled_once``)
and a period frozen once (``a_period_is_frozen_once``). Amounts are minor units, signed from the
merchant's view. Source of the identity: settlement-conventions §4.
"""

from kernel.ids import beside
from settlement.batches.fees import CHARGED, COUNTED, MANY
from settlement.batches.invoices import INVOICED
from settlement.sql import business_day
from settlement.state import SETTLED, LineKind, Outcome, PayoutStatus

DUE = """
SELECT * FROM unnest(
    %(merchants)s::uuid[], %(first_days)s::date[], %(days)s::date[], %(ends)s::timestamptz[],
    %(zones)s::text[], %(cut_offs)s::time[], %(pays_on)s::date[], %(calendars)s::text[],
    %(minimums)s::jsonb[], %(reserves)s::int[], %(release_on)s::date[], %(held)s::boolean[]
) AS due (merchant_id, first_day, business_date, ends_at, zone, cut_off, pays_on, calendar,
          minimums, reserve_basis_points, release_on, is_held)
"""

# One row per merchant and currency, with the accounts that a batch posts to. What was posted more
# than a day before the last cut-off has its line: nothing is posted with a time of the past. What
# was posted after it has none; in between, each entry is looked for among the lines.
BOOKS = """
SELECT due.*, pair.*, %(seed)s::uuid AS seed, settled.until AS settled_until,
       settled.until - interval '1 day' AS since, settled.last_day AS settled_day
  FROM unnest(
    %(pair_merchants)s::uuid[], %(pair_currencies)s::text[], %(payable)s::uuid[],
    %(available)s::uuid[], %(fee_income)s::uuid[], %(output_vat)s::uuid[], %(reserve)s::uuid[],
    %(in_transit)s::uuid[]
  ) AS pair (pair_merchant_id, currency, payable_id, available_id, fee_income_id, output_vat_id,
             reserve_id, in_transit_id)
  JOIN due ON due.merchant_id = pair.pair_merchant_id
 CROSS JOIN LATERAL (
    SELECT COALESCE(max(batch.ends_at), '-infinity') AS until,
           max(batch.business_date) AS last_day
      FROM settlement_batch AS batch
     WHERE batch.merchant_id = due.merchant_id AND batch.livemode = %(livemode)s
       AND batch.currency = pair.currency) AS settled
 WHERE NOT EXISTS (
    SELECT FROM settlement_batch AS later
     WHERE later.merchant_id = due.merchant_id AND later.livemode = %(livemode)s
       AND later.currency = pair.currency AND later.business_date >= due.business_date)
"""

# The business day of an entry, by the cut-off of now; by that of then, where it has been changed
# since: before the last cut-off it was of a day that has ended, after it of none of those.
_DAY = business_day("entry.created_at", "books.zone", "books.cut_off")
_KINDS = " ".join(f"WHEN '{posting}' THEN '{kind}'" for posting, kind in SETTLED.items())
PICKED = f"""
SELECT found.* FROM (
SELECT 0 AS place, entry.id AS entry_id, books.merchant_id, books.currency,
       -entry.amount_minor AS gross_minor,
       CASE posted.kind {_KINDS} END AS kind, entry.created_at AS booked_at,
       CASE posted.cause_type WHEN 'payment' THEN posted.cause_id
                              WHEN 'refund' THEN refund.payment_id
                              WHEN 'adjustment' THEN adjusted.payment_id END AS payment_id,
       refund.id AS refund_id,
       COALESCE(adjusted.business_date,
                CASE WHEN entry.created_at < books.settled_until
                     THEN least({_DAY}, books.settled_day)
                     ELSE greatest({_DAY}, books.settled_day + 1) END) AS business_date
  FROM books
  JOIN ledger_entry AS entry
    ON entry.account_id = books.payable_id
   AND entry.created_at >= books.since AND entry.created_at < books.ends_at
  JOIN ledger_transaction AS posted ON posted.id = entry.transaction_id
  LEFT JOIN payments_refund AS refund
    ON refund.id = CASE posted.cause_type WHEN 'refund' THEN posted.cause_id END
  LEFT JOIN settlement_adjustment AS adjusted
    ON posted.cause_type = 'adjustment' AND adjusted.id = posted.cause_id
 WHERE posted.kind = ANY (%(settled)s)
   AND (entry.created_at >= books.settled_until OR NOT EXISTS (
        SELECT FROM settlement_line AS line WHERE line.entry_id = entry.id))) AS found
 {MANY}
"""  # noqa: S608 - the program's words

SUMS = f"""
SELECT merchant_id, currency, count(*) AS line_count,
       COALESCE(sum(gross_minor) FILTER (WHERE kind = '{LineKind.PAYMENT}'), 0) AS sales,
       COALESCE(sum(gross_minor) FILTER (WHERE kind = '{LineKind.CANCEL}'), 0) AS cancels,
       COALESCE(sum(gross_minor) FILTER (WHERE kind = '{LineKind.REFUND}'), 0) AS refunds,
       COALESCE(sum(gross_minor) FILTER (WHERE kind = '{LineKind.ADJUSTMENT}'), 0) AS adjustments,
       COALESCE(sum(gross_minor) FILTER (WHERE kind = '{LineKind.PROMOTION}'), 0) AS promotions,
       sum(fee_minor) AS fees, sum(vat_minor) AS vat,
       min(business_date) FILTER (WHERE kind <> '{LineKind.ADJUSTMENT}') AS first_of_lines
  FROM charged GROUP BY merchant_id, currency
"""  # noqa: S608 - the program's words

RELEASED = """
SELECT slice.merchant_id, slice.currency, sum(slice.amount_minor) AS released,
       array_agg(slice.id) AS slices
  FROM books
  JOIN settlement_reserve AS slice
    ON slice.merchant_id = books.merchant_id AND slice.currency = books.currency
   AND slice.livemode = %(livemode)s AND slice.released_by_id IS NULL
   AND slice.release_on <= books.business_date
 GROUP BY slice.merchant_id, slice.currency
"""

# The balance of what is available is the opening: what was carried, and what came back.
OPENED = """
SELECT books.merchant_id, books.currency, -sum(entry.amount_minor) AS opening
  FROM books JOIN ledger_entry AS entry ON entry.account_id = books.available_id
 GROUP BY books.merchant_id, books.currency
"""

_COUNTED = (
    "line_count", "sales", "cancels", "refunds", "adjustments", "promotions", "fees", "vat",
)  # fmt: skip
_ZEROS = ", ".join(f"COALESCE(sums.{name}, 0)::bigint AS {name}" for name in _COUNTED)
WEIGHED = f"""
SELECT weighed.*,
       opening + sales + cancels + refunds + adjustments + promotions + fees + vat + reserved
       + released
       AS available
  FROM (
    SELECT books.*, {_ZEROS}, sums.first_of_lines, COALESCE(opened.opening, 0)::bigint AS opening,
           COALESCE(released.released, 0)::bigint AS released,
           COALESCE(released.slices, '{{}}') AS slices,
           -round(greatest(COALESCE(sums.sales, 0) + COALESCE(sums.cancels, 0), 0)
                  * books.reserve_basis_points / 10000.0)::bigint AS reserved
      FROM books
      LEFT JOIN sums USING (merchant_id, currency)
      LEFT JOIN opened USING (merchant_id, currency)
      LEFT JOIN released USING (merchant_id, currency)
  ) AS weighed
 WHERE line_count > 0 OR opening <> 0 OR released > 0
"""  # noqa: S608 - the program's words

DECIDED = f"""
SELECT weighed.*, {beside("weighed.seed")} AS batch_id, account.id AS bank_account_id,
       account.holder, account.country, account.account_number, account.account_tail,
       account.bank_code,
       CASE WHEN available = 0 THEN '{Outcome.NOTHING}'
            WHEN available < 0 THEN '{Outcome.NEGATIVE}'
            WHEN is_held THEN '{Outcome.HELD}'
            WHEN available < COALESCE((minimums ->> weighed.currency)::bigint, 0)
            THEN '{Outcome.BELOW_MINIMUM}'
            WHEN account.id IS NULL THEN '{Outcome.NO_BANK_ACCOUNT}'
            ELSE '{Outcome.PAID_OUT}' END AS outcome
  FROM weighed
  LEFT JOIN merchants_bankaccount AS account
    ON account.merchant_id = weighed.merchant_id AND account.currency = weighed.currency
"""  # noqa: S608 - the program's words

# A period begins after the one before it, also where the cycle has been changed since, and with
# what no period has had yet.
_FIRST_DAY = "greatest(least(first_day, first_of_lines), settled_day + 1)"
_PAID = f"CASE WHEN outcome = '{Outcome.PAID_OUT}' THEN -available ELSE 0 END"
FROZEN = f"""
INSERT INTO settlement_batch
       (id, acquirer_id, merchant_id, livemode, currency, number, first_day, business_date,
        ends_at, zone, pays_on, calendar, outcome, opening_minor, sales_minor, cancels_minor,
        refunds_minor, adjustments_minor, promotions_minor, fees_minor, vat_minor, reserved_minor,
        released_minor, paid_out_minor, closing_minor, line_count, created_at)
SELECT batch_id, %(acquirer)s, merchant_id, %(livemode)s, currency,
       1 + COALESCE((SELECT max(number) FROM settlement_batch AS earlier
                      WHERE earlier.merchant_id = decided.merchant_id
                        AND earlier.livemode = %(livemode)s
                        AND earlier.currency = decided.currency), 0),
       {_FIRST_DAY}, business_date, ends_at, zone, pays_on, calendar, outcome, opening, sales,
       cancels, refunds, adjustments, promotions, fees, vat, reserved, released, {_PAID},
       available + {_PAID}, line_count, %(now)s
  FROM decided
    ON CONFLICT DO NOTHING
RETURNING id
"""  # noqa: S608 - the program's words

# In the order of the lists, with ids in that order: each index but those by entry and by payment
# grows at its end, which costs a line much less. An id is the batch's, with the place of the line
# in it (up to 16,777,215) as its end.
_LINE_ID = "(left(batch_id::text, 30) || lpad(to_hex(number), 6, '0'))::uuid"
LINED = f"""
INSERT INTO settlement_line
       (id, acquirer_id, merchant_id, batch_id, entry_id, kind, payment_id, refund_id, booked_at,
        business_date, currency, gross_minor, fee_minor, vat_minor, net_minor, fee_version_id,
        vat_rate_id, created_at)
SELECT {_LINE_ID}, %(acquirer)s, merchant_id, batch_id, entry_id, kind, payment_id, refund_id,
       booked_at, business_date, currency, gross_minor, fee_minor, vat_minor,
       gross_minor + fee_minor + vat_minor, fee_version_id, vat_rate_id, %(now)s
  FROM (SELECT charged.*, batch_id, row_number() OVER (
               PARTITION BY batch_id ORDER BY booked_at, entry_id) AS number
          FROM charged
          JOIN (SELECT batch_id, merchant_id, currency
                  FROM decided JOIN frozen ON frozen.id = decided.batch_id) AS batch
         USING (merchant_id, currency)) AS line
"""  # noqa: S608 - the program's words

RESERVED = f"""
INSERT INTO settlement_reserve
       (id, acquirer_id, merchant_id, livemode, batch_id, currency, amount_minor, release_on,
        created_at)
SELECT {beside("batch_id")}, %(acquirer)s, merchant_id, %(livemode)s, batch_id, currency,
       -reserved, release_on, %(now)s
  FROM decided JOIN frozen ON frozen.id = decided.batch_id
 WHERE reserved < 0
"""  # noqa: S608 - the program's words

FREED = """
UPDATE settlement_reserve AS slice SET released_by_id = decided.batch_id
  FROM decided JOIN frozen ON frozen.id = decided.batch_id
 WHERE slice.id = ANY (decided.slices)
"""

PAID = f"""
INSERT INTO settlement_payout
       (id, acquirer_id, merchant_id, livemode, batch_id, currency, amount_minor, pays_on, status,
        holder, country, account_number, account_tail, bank_code, reason, created_at)
SELECT {beside("batch_id")}, %(acquirer)s, merchant_id, %(livemode)s, batch_id, currency,
       available, pays_on, '{PayoutStatus.CREATED}', holder, country, account_number, account_tail,
       bank_code, '', %(now)s
  FROM decided JOIN frozen ON frozen.id = decided.batch_id
 WHERE outcome = '{Outcome.PAID_OUT}'
RETURNING id, batch_id
"""  # noqa: S608 - the program's words

# A batch posts once, with the sums of its lines; its payout is a fact, and a posting, of its own.
POSTED = f"""
INSERT INTO ledger_transaction
       (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
SELECT {beside("batch_id")}, %(acquirer)s, merchant_id, 'batch.frozen', 'settlement_batch',
       batch_id, %(now)s
  FROM decided JOIN frozen ON frozen.id = decided.batch_id
 WHERE opening <> available OR fees <> 0 OR vat <> 0 OR reserved + released <> 0
 UNION ALL
SELECT {beside("paid.id")}, %(acquirer)s, merchant_id, 'payout.created', 'payout', paid.id,
       %(now)s
  FROM decided JOIN paid ON paid.batch_id = decided.batch_id
RETURNING id, kind, cause_id
"""  # noqa: S608 - the program's words

_GROSS = "sales + cancels + refunds + adjustments + promotions"
ENTERED = f"""
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
SELECT {beside("posted.id")}, %(acquirer)s, merchant_id, posted.id, leg.account_id,
       leg.amount, currency, %(now)s
  FROM posted
  LEFT JOIN paid ON paid.id = posted.cause_id
  JOIN decided ON decided.batch_id = COALESCE(paid.batch_id, posted.cause_id)
 CROSS JOIN LATERAL (VALUES
    ('batch.frozen', payable_id, {_GROSS}),
    ('batch.frozen', fee_income_id, fees),
    ('batch.frozen', output_vat_id, vat),
    ('batch.frozen', reserve_id, reserved + released),
    ('batch.frozen', available_id, opening - available),
    ('payout.created', available_id, available),
    ('payout.created', in_transit_id, -available)
 ) AS leg (kind, account_id, amount)
 WHERE leg.kind = posted.kind AND leg.amount <> 0
"""  # noqa: S608 - the program's words

_PARTS = {
    "due": DUE,
    "books": BOOKS,
    "picked": PICKED,
    **CHARGED,
    "sums": SUMS,
    "released": RELEASED,
    "opened": OPENED,
    "weighed": WEIGHED,
    "decided": DECIDED,
    "frozen": FROZEN,
    "lined": LINED,
    "counted": COUNTED,
    "invoiced": INVOICED,
    "reserved": RESERVED,
    "freed": FREED,
    "paid": PAID,
    "posted": POSTED,
    "entered": ENTERED,
}
# Each part once: new ids are made in some of them.
_WITH = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in _PARTS.items())
FREEZE = f"WITH {_WITH} SELECT id FROM frozen ORDER BY id"  # noqa: S608 - the program's words
