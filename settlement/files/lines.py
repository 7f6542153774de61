"""The lines of a batch from the database: memory holds a few hundred of them at once."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

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
       COALESCE(payment.scheme_transaction_id, ''), payment.store_id::text,
       line.gross_minor, line.fee_minor, line.vat_minor, line.net_minor,
       line.fee_version_id::text, line.vat_rate_id::text
  FROM settlement_line AS line
  LEFT JOIN payments_payment AS payment ON payment.id = line.payment_id
 WHERE line.batch_id = %(batch)s
 ORDER BY line.booked_at, line.entry_id
"""  # noqa: S608 - the program's words
# What few rows say of many lines, each by its id: looked up here instead of for each line.
_STORES = "SELECT id::text, name FROM merchants_store WHERE merchant_id = %(merchant)s"
_PLANS = """
SELECT version.id::text, plan.name || ' v' || version.number
  FROM settlement_feeversion AS version
  JOIN settlement_feeplan AS plan ON plan.id = version.plan_id
 WHERE version.acquirer_id = %(acquirer)s
"""
_RATES = """
SELECT id::text, trim_scale(basis_points / 100)::text,
       CASE treatment WHEN 'taxed' THEN note
       ELSE replace(treatment, '_', ' ') || COALESCE(': ' || NULLIF(note, ''), '') END
  FROM settlement_vatrate WHERE acquirer_id = %(acquirer)s
"""


class _Names(dict[str | None, str]):
    """What is said of an id; nothing of one that is missing or unknown."""

    def __missing__(self, key: str | None) -> str:
        return ""

    def of(self, column: Sequence[str | None]) -> list[str]:
        return [self[each] for each in column]


def read_lines(batch: Batch) -> Iterator[Lines]:
    """In the order in which they were booked; others of this process go on in between."""
    names = [each for asked in (_STORES, _PLANS, _RATES) for each in _names(asked, batch)]
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_LINES, {"batch": batch.id, "zone": batch.zone})
        while rows := cursor.fetchmany(AT_ONCE):
            yield _named(list(zip(*rows, strict=True)), *names)
            time.sleep(0)  # a greenlet's turn: a long file holds up no payment


def _names(asked: str, batch: Batch) -> list[_Names]:
    """What each column after the first says of the id in that one."""
    with connection.cursor() as cursor:
        cursor.execute(asked, {"merchant": batch.merchant_id, "acquirer": batch.acquirer_id})
        rows = cursor.fetchall()
        columns = range(1, len(cursor.description))
    return [_Names((row[0], row[column]) for row in rows) for column in columns]


def _named(
    columns: list[Any], stores: _Names, plans: _Names, rates: _Names, notes: _Names
) -> Lines:
    *first, store, gross, fee, vat, net, version, rate = columns
    sums = gross, fee, vat, net
    charged = version, plans.of(version), rates.of(rate), notes.of(rate)
    return Lines(*(*first, store, stores.of(store), *sums, *charged))
