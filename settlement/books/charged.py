"""Fees and VAT of settled lines against what charged them, and against the rule once more."""

from settlement.batches.fees import ASSIGNED, NO_VOLUMES, charging

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
