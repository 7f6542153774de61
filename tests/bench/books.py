"""The laws after the storm: every payment ended once, as paid, and the books balance."""

from dataclasses import dataclass

import psycopg

# Where each payment must be found exactly once: table, column that names it, and which rows count.
_ONCE = {
    "one end": ("payments_transition", "payment_id", "to_status = 'succeeded'"),
    "one event": ("events_event", "object_id", "type = 'payment.succeeded'"),
    "one posting": ("ledger_transaction", "cause_id", "true"),
    "one answered pay": ("payments_attempt", "payment_id", "kind = 'pay' AND result = 'succeeded'"),
}
_NOT_ONCE = """
SELECT count(*) FROM payments_payment
  LEFT JOIN (SELECT {column} AS id, count(*) AS times FROM {table} WHERE {which} GROUP BY 1) found
  USING (id)
 WHERE COALESCE(times, 0) <> 1
"""
_UNPAID = "SELECT count(*) FROM payments_payment WHERE status <> 'succeeded' OR due_at IS NOT NULL"
_UNBALANCED = """
SELECT count(*) FROM (
    SELECT 1 FROM ledger_entry GROUP BY transaction_id, currency
    HAVING sum(amount_minor) <> 0 OR count(*) <> 2) unbalanced
"""
_PAID = "SELECT count(*), COALESCE(sum(amount_minor), 0) FROM payments_payment"


@dataclass(frozen=True)
class Books:
    """``faults`` names what is wrong and how often; empty when every law held."""

    payments: int
    amount_minor: int
    faults: dict[str, int]


def read_books(address: str) -> Books:
    """Look at every row, as the tables' owner."""
    queries = {
        f"payments without exactly {what}": _NOT_ONCE.format(
            table=table, column=column, which=which
        )
        for what, (table, column, which) in _ONCE.items()
    }
    queries |= {"payments not succeeded": _UNPAID, "transactions not balanced": _UNBALANCED}
    with psycopg.connect(address) as server:
        counted = {name: _one(server, query)[0] for name, query in queries.items()}
        payments, amount = _one(server, _PAID)
    faults = {name: count for name, count in counted.items() if count}
    return Books(int(payments), int(amount), faults)


def _one(server: psycopg.Connection, query: str) -> tuple[int, ...]:
    row = server.execute(query).fetchone()
    assert row is not None
    return tuple(row)
