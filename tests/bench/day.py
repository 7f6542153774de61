"""A day's sales for a measurement, made by the database itself: the same in every run."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg

DAY = date(2026, 11, 18)  # from midnight in Beijing on
DAY_SECONDS = 86_399
# The stores take turns.
_SALES = """
INSERT INTO payments_payment (id, acquirer_id, merchant_id, store_id, partner_account_id, livemode,
       scheme, status, created_at, expires_at, completed_at, amount_minor, currency, discount_minor,
       refund_reserved_minor, refunded_minor, merchant_reference, mode, payment_code_masked,
       payment_code_digest, items, metadata, partner_trans_id, scheme_transaction_id)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000a000'
        || lpad(to_hex(number), 12, '0'))::uuid,
       acquirer_id, merchant_id, store.id, %(account)s, false, 'alipay', 'succeeded', at,
       at + interval '30 seconds', at, 1000 + (number::bigint * 7919) %% 500000, 'HKD', 0, 0, 0,
       'R-' || number, 'payment_code', '2880••••••••••••34', '\\x07', '[]', '{}',
       'pay01jcz' || lpad(number::text, 18, '0'), '20261118220010' || lpad(number::text, 14, '0')
  FROM (SELECT number, timestamptz '2026-11-17 16:00:00+00'
               + number * (%(within)s * interval '1 second' / %(count)s) AS at
          FROM generate_series(0, %(count)s - 1) number) numbered
  JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
          FROM merchants_store) AS store ON store.place = number %% store.total
"""


def load_sales(
    owner: psycopg.Connection, account_id: UUID, count: int, *, within_seconds: int = DAY_SECONDS
) -> None:
    """Paid sales of all stores below the partner account, over the first seconds of DAY."""
    told: dict[str, Any] = {"account": account_id, "count": count, "within": within_seconds}
    owner.execute(_SALES, told)
