"""Fills a scratch database with a million payments of several acquirers, in three statements."""

from uuid import UUID

import psycopg

# A UUIDv7 of a moment, as the platform makes them, with random bits that depend on the number.
_ID = """(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7'
  || substr(md5({salt} || n), 1, 3) || '8' || substr(md5({salt} || n), 4, 15))::uuid"""
_AT = "(now() - interval '30 days' + (n * interval '30 days' / %(count)s))"
# Of a hundred payments 94 succeed, 5 fail, 1 is canceled; the newest are in doubt.
_STATUS = """CASE WHEN n > %(count)s - 200 THEN 'processing' WHEN n %% 100 < 94 THEN 'succeeded'
  WHEN n %% 100 < 99 THEN 'failed' ELSE 'canceled' END"""

PAYMENTS = f"""
INSERT INTO payments_payment (
  id, created_at, acquirer_id, merchant_id, store_id, partner_account_id, livemode, scheme, status,
  due_at, expires_at, completed_at, amount_minor, currency, discount_minor, refund_reserved_minor,
  refunded_minor, merchant_reference, payment_code_masked, payment_code_digest, items, metadata,
  partner_trans_id, scheme_transaction_id, failure_code
)
SELECT {_ID.format(at=_AT, salt="'pay'")}, {_AT}, s.acquirer_id, s.merchant_id, s.id, a.id, true,
  'alipay', {_STATUS}, CASE WHEN n > %(count)s - 200 THEN now() END, {_AT} + interval '30 s',
  CASE WHEN n <= %(count)s - 200 THEN {_AT} + interval '2 s' END, 100 + n %% 90000, 'HKD', 0, 0, 0,
  'R' || n, '2880••••••••••••34', sha256(n::text::bytea), '[]', '{{}}', 'pay' || md5(n::text),
  CASE WHEN n %% 100 < 94 THEN '20261122' || lpad(n::text, 20, '0') END,
  CASE WHEN n %% 100 BETWEEN 94 AND 98 THEN 'insufficient_balance' END
FROM generate_series(1, %(count)s) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY id <> %(busiest)s, id) - 1 AS place,
        count(*) OVER () AS total FROM merchants_store) AS s
  ON s.place = CASE WHEN n %% 2 = 0 THEN 0 ELSE n %% s.total END
JOIN LATERAL
  (SELECT id FROM merchants_partneraccount WHERE acquirer_id = s.acquirer_id LIMIT 1) AS a ON true
"""  # noqa: S608 - nothing in it comes from outside
_EVENTS = f"""
INSERT INTO events_event
  (id, created_at, acquirer_id, merchant_id, livemode, type, object_id, payload)
SELECT {_ID.format(at="p.created_at", salt="'evt'")}, p.created_at, p.acquirer_id, p.merchant_id,
  p.livemode, 'payment.' || p.status, p.id, '{{}}'
FROM (SELECT *, row_number() OVER () AS n FROM payments_payment) AS p
WHERE status <> 'processing'
"""  # noqa: S608
_REFUNDS = f"""
INSERT INTO payments_refund
  (id, created_at, acquirer_id, merchant_id, payment_id, livemode, status, is_recorded,
   amount_minor, currency, partner_refund_id)
SELECT {_ID.format(at="p.created_at", salt="'rfd'")}, p.created_at, p.acquirer_id, p.merchant_id,
  p.id, p.livemode, 'succeeded', false, 100, 'HKD', 'rfd' || md5(p.id::text)
FROM (SELECT *, row_number() OVER () AS n FROM payments_payment) AS p
WHERE status = 'succeeded' AND n %% 20 = 0
"""  # noqa: S608


def load(url: str, count: int, *, busiest: UUID) -> None:
    """``count`` payments of thirty days with events and refunds, half of them at ``busiest``."""
    with psycopg.connect(url, autocommit=True) as database:
        for statement in (PAYMENTS, _EVENTS, _REFUNDS):
            database.execute(statement, {"count": count, "busiest": busiest})
        database.execute("VACUUM ANALYZE")
