"""The lines of a batch from the database: memory holds a few hundred of them at once."""

import time
from collections.abc import Iterator

from django.db import connection, transaction

from settlement.files.statement import Lines
from settlement.models import Batch
from settlement.sql import moment

AT_ONCE = 500  # rows
# Few lines are of a refund: one is looked up where it is named, and they are never read all.
_LINES = f"""
SELECT line.kind, {moment("line.booked_at")},
       to_char(line.booked_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI'),
       line.business_date::text, line.payment_id, line.refund_id,
       COALESCE(payment.merchant_reference, ''), COALESCE((SELECT merchant_refund_reference
                   FROM payments_refund AS refund WHERE refund.id = line.refund_id), ''),
       COALESCE(payment.scheme_transaction_id, ''), store.id::text, COALESCE(store.name, ''),
       line.gross_minor, line.fee_minor, line.vat_minor, line.net_minor,
       line.fee_version_id::text,
       COALESCE(plan.name || ' v' || version.number, ''),
       COALESCE(trim_scale(rate.basis_points / 100)::text, ''),
       COALESCE(CASE rate.treatment WHEN 'taxed' THEN rate.note
                ELSE replace(rate.treatment, '_', ' ')
                     || COALESCE(': ' || NULLIF(rate.note, ''), '') END, '')
  FROM settlement_line AS line
  LEFT JOIN payments_payment AS payment ON payment.id = line.payment_id
  LEFT JOIN merchants_store AS store ON store.id = payment.store_id
  LEFT JOIN settlement_feeversion AS version ON version.id = line.fee_version_id
  LEFT JOIN settlement_feeplan AS plan ON plan.id = version.plan_id
  LEFT JOIN settlement_vatrate AS rate ON rate.id = line.vat_rate_id
 WHERE line.batch_id = %(batch)s
 ORDER BY line.booked_at, line.entry_id
"""  # noqa: S608 - the program's words


def read_lines(batch: Batch) -> Iterator[Lines]:
    """In the order in which they were booked; others of this process go on in between."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_LINES, {"batch": batch.id, "zone": batch.zone})
        while rows := cursor.fetchmany(AT_ONCE):
            yield Lines(*zip(*rows, strict=True))
            time.sleep(0)  # a greenlet's turn: a long file holds up no payment
