"""What a history has left behind, asked for in the same words of either store.

``PostgresRows`` is the real one. Its twin in memory (memory/) is as good as it answers the same.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db import connection, models

from api.models import IdempotencyKey
from events.models import Event
from payments.models import Break, Payment, Refund, Transition
from tenancy.scope import tenant_scope

M = TypeVar("M", bound=models.Model)
Row = dict[str, Any]
Dump = dict[str, list[Row]]


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


# What is compared of each table, in the order of the first column.
TABLES: dict[str, tuple[str, ...]] = {
    "payments_payment": columns_of(Payment),
    "payments_refund": columns_of(Refund),
    "payments_attempt": (
        "id", "payment_id", "refund_id", "kind", "created_at", "answered_at", "result", "code",
    ),
    "payments_transition": columns_of(Transition),
    "payments_break": columns_of(Break),
    "payments_notification": ("notify_id", "payment_id", "trade_status", "times_received"),
    "payments_refusednotification": ("digest", "payment_id", "reason", "times_received"),
    "events_event": (
        "id", "merchant_id", "livemode", "type", "object_id", "payload", "created_at",
    ),
    "api_idempotencykey": columns_of(IdempotencyKey),
    "ledger_transaction": ("id", "kind", "cause_type", "cause_id", "created_at"),
    "ledger_entry": ("id", "transaction_id", "account_id", "amount_minor", "currency"),
}  # fmt: skip
_JSON = frozenset(
    field.attname
    for model in (Payment, Break, Event)
    for field in model._meta.concrete_fields
    if isinstance(field, models.JSONField)
)


class Due(NamedTuple):
    """A row that is owed work; an ended payment is only checked once more."""

    at: datetime
    id: UUID
    kind: str
    is_ended: bool


class Seen(NamedTuple):
    """What a look at a payment after each step reads."""

    name: str
    status: str
    due_at: datetime | None
    amount: int
    refunded: int


class Rows(Protocol):
    """A store, and what the world and the laws ask of it."""

    def list_due(self) -> list[Due]:
        """Every row that is owed work, soonest first."""

    def find(self, reference: str) -> Payment | None:
        """The payment of ``merchant_reference``."""

    def has_unanswered(self, trans_id: str, kind: str) -> bool:
        """Whether an attempt of this payment and kind is open."""

    def look(self) -> list[Seen]:
        """Every payment, oldest first."""

    def check(self) -> None:
        """Raise for what the store itself refuses at the end of a transaction."""

    def dump(self) -> Dump:
        """Everything, as TABLES names it."""

    def sums(self) -> dict[str, int]:
        """Minor units per kind of ledger account."""


def as_model(model: type[M], row: Row) -> M:
    """The row, which has every column of ``model`` in its order."""
    return model.from_db("default", list(row), list(row.values()))


_DUE = """
SELECT due_at, id, 'payment', status IN ('succeeded', 'failed', 'canceled')
  FROM payments_payment WHERE due_at IS NOT NULL
UNION ALL
SELECT due_at, id, 'refund', false FROM payments_refund WHERE due_at IS NOT NULL
 ORDER BY 1, 2
"""
_UNANSWERED = """
SELECT 1 FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id
 WHERE p.partner_trans_id = %s AND a.kind = %s AND a.answered_at IS NULL
"""
_SEEN = """
SELECT partner_trans_id, status, due_at, amount_minor, refunded_minor FROM payments_payment
 ORDER BY id
"""
_SUMS = """
SELECT account.kind, sum(entry.amount_minor)::bigint
  FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
 GROUP BY 1
"""
_BY_REFERENCE = "SELECT * FROM payments_payment WHERE merchant_reference = %s"


class PostgresRows:
    """Thousands of looks: they go past Django, and nothing is told anew for them."""

    def __init__(self, acquirer_id: UUID) -> None:
        self._acquirer_id = acquirer_id

    def _ask(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """In whatever scope the connection was last told of: each sees all of this world."""
        if connection._bound is None:
            with tenant_scope(self._acquirer_id):
                connection.bind_scope()
        return connection.connection.execute(sql, params, prepare=True).fetchall()

    def list_due(self) -> list[Due]:
        return [Due(*row) for row in self._ask(_DUE)]

    def find(self, reference: str) -> Payment | None:
        with tenant_scope(self._acquirer_id):
            return next(iter(Payment.objects.raw(_BY_REFERENCE, [reference])), None)

    def has_unanswered(self, trans_id: str, kind: str) -> bool:
        return bool(self._ask(_UNANSWERED, [trans_id, kind]))

    def look(self) -> list[Seen]:
        return [Seen(*row) for row in self._ask(_SEEN)]

    def check(self) -> None:
        """The ledger's own refusal among them (law 9)."""
        self._ask("SELECT 1")
        connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.connection.execute("SET CONSTRAINTS ALL DEFERRED")

    def dump(self) -> Dump:
        return {table: self._dump(table, columns) for table, columns in TABLES.items()}

    def _dump(self, table: str, columns: tuple[str, ...]) -> list[Row]:
        sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}"  # noqa: S608
        rows = [dict(zip(columns, row, strict=True)) for row in self._ask(sql)]
        for row in rows:
            row.update({name: json.loads(row[name]) for name in _JSON.intersection(row)})
        return rows

    def sums(self) -> dict[str, int]:
        return dict(self._ask(_SUMS))
