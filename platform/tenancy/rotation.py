"""Every secret under the newest master key: found by itself, in batches, resumable at any moment.

A secret is finished or untouched; which it is stands in the secret itself, so that nothing has to
be remembered between two runs. Readers know the old keys and the new one all the while.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from tenancy.encryption import EncryptedTextField, master_keys
from tenancy.envelope import VERSION, BadEnvelope, prefix, rewrap

BATCH = 200  # rows locked at the same time

# Of others' packages, whose secrets are encrypted by our adapters: strings inside of JSON.
JSON_COLUMNS = ("mfa_authenticator.data",)

_OF_TEXT = "(SELECT {column} AS secret WHERE {column} <> '') AS one"
_OF_JSON = (
    "(SELECT part #>> '{{}}' AS secret FROM jsonb_path_query({column}, 'strict $.**') AS part"
    " WHERE jsonb_typeof(part) = 'string' AND part #>> '{{}}' ~ '^(tg1[.]|gAAAA)') AS one"
)
_PENDING = (
    "SELECT {pk}, {column}::text FROM {table}"
    " WHERE EXISTS (SELECT FROM {secrets} WHERE NOT starts_with(one.secret, %s))"
    " AND ({pk} > %s OR %s) ORDER BY {pk} LIMIT %s FOR UPDATE"
)
_REPLACE = "UPDATE {table} SET {column} = %s::{type} WHERE {pk} = %s"
_COUNT = (
    "SELECT CASE split_part(one.secret, '.', 1) WHEN %s"
    " THEN split_part(one.secret, '.', 2) ELSE '' END,"
    " count(*) FROM {table}, LATERAL {secrets} GROUP BY 1"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table that holds secrets: each is one, or has some inside of its JSON."""

    table: str
    column: str
    pk: str
    is_json: bool = False

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    def fill(self, template: str) -> sql.Composed:
        """``template`` with the names of this column, and ``{secrets}``: those of one row."""
        names = {"table": self.table, "column": self.column, "pk": self.pk}
        parts: dict[str, Any] = {name: sql.Identifier(each) for name, each in names.items()}
        secrets = sql.SQL(_OF_JSON if self.is_json else _OF_TEXT).format(column=parts["column"])
        parts |= {"secrets": secrets, "type": sql.SQL("jsonb" if self.is_json else "text")}
        return sql.SQL(template).format(**parts)

    def rewrap(self, value: str) -> str:
        """The column's value with each secret under the newest key; raises BadEnvelope."""
        if self.is_json:
            return json.dumps(_rewrap_inside(json.loads(value)))
        return rewrap(value, master_keys())


@dataclass(slots=True)
class Tally:
    """What one run did."""

    rewrapped: int = 0
    # Secrets that no key opens: "table.column id: why".
    unreadable: list[str] = field(default_factory=list)


def encrypted_columns() -> list[Column]:
    """Every column of every model whose field is an EncryptedTextField, and JSON_COLUMNS."""
    found = []
    for model in apps.get_models():
        for each in model._meta.local_concrete_fields:
            table, column = model._meta.db_table, str(each.column)
            is_json = f"{table}.{column}" in JSON_COLUMNS
            if isinstance(each, EncryptedTextField) or is_json:
                found.append(Column(table, column, str(model._meta.pk.column), is_json))
    return found


def rewrap_everything(
    *, batch: int = BATCH, progress: Callable[[str], None] = lambda line: None
) -> Tally:
    """Wrap what is not under the newest key; the caller sees every acquirer's rows.

    Each ``batch`` of rows is one transaction, and ``progress`` is told when it is committed.
    """
    tally = Tally()
    for column in encrypted_columns():
        done = 0
        for wrapped in _batches(column, batch, tally):
            done += wrapped
            progress(f"{column}: {done} wrapped anew")
        tally.rewrapped += done
    return tally


def count_by_key() -> Counter[str]:
    """How many secrets each master key wraps; under ``""`` those that have no envelope yet."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for column in encrypted_columns():
            cursor.execute(column.fill(_COUNT), [VERSION])
            found.update(dict(cursor.fetchall()))
    return found


def _batches(column: Column, size: int, tally: Tally) -> Iterator[int]:
    last: Any = None
    while True:
        with transaction.atomic():
            rows = _pending(column, last, size)
            done = sum(_rewrap(column, pk, value, tally) for pk, value in rows)
        if not rows:
            return
        last = rows[-1][0]
        yield done


def _pending(column: Column, last: Any, size: int) -> list[tuple[Any, str]]:
    with connection.cursor() as cursor:
        cursor.execute(column.fill(_PENDING), [prefix(master_keys()[0]), last, last is None, size])
        return list(cursor.fetchall())


def _rewrap(column: Column, pk: Any, value: str, tally: Tally) -> int:
    try:
        new = column.rewrap(value)
    except BadEnvelope as error:
        tally.unreadable.append(f"{column} {pk}: {error}")
        return 0
    with connection.cursor() as cursor:
        cursor.execute(column.fill(_REPLACE), [new, pk])
    return 1


def _rewrap_inside(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rewrap_inside(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rewrap_inside(each) for each in value]
    is_secret = isinstance(value, str) and value.startswith((f"{VERSION}.", "gAAAA"))
    return rewrap(value, master_keys()) if is_secret else value
