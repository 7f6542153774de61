"""The audit trail: which tables are watched, and the triggers that the database watches them with.

A model says ``AUDIT = Audit(...)``; ``migrate`` puts the trigger on its table. Written by the
database, the trail misses nothing: no admin page, command, service or statement by hand.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.types.json import Jsonb

ENTRY_TABLE = "tenancy_auditentry"


@dataclass(frozen=True, slots=True)
class Audit:
    """How a table is watched: whose a row is, what is masked, what is not worth an entry."""

    acquirer_column: str | None = "acquirer_id"
    merchant_column: str | None = "merchant_id"
    secret: frozenset[str] = frozenset()  # that it changed is kept, never what it was
    ignored: frozenset[str] = frozenset()  # an update of nothing else leaves no entry


_TRIGGER = """
DROP TRIGGER IF EXISTS audit ON {table};
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION tenancy_audit({acquirer}, {merchant}, {secret}, {ignored});
"""
_PROTECT = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON {table};
CREATE POLICY tenant ON {table} TO {role} USING (
    current_setting('tillgate.merchant', true) = '*'
    AND (current_setting('tillgate.acquirer', true) = '*'
         OR current_setting('tillgate.acquirer', true) = acquirer_id::text));
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
"""


def audited_models() -> list[tuple[type[models.Model], Audit]]:
    """Every model that is watched, with how."""
    found = [(model, getattr(model, "AUDIT", None)) for model in apps.get_models()]
    return [(model, audit) for model, audit in found if isinstance(audit, Audit)]


def watch_tables(using: BaseDatabaseWrapper, role: str, tables: set[str]) -> None:
    """Put the triggers on the watched ``tables``, and the trail out of the code's reach."""
    if ENTRY_TABLE not in tables:
        return
    with using.cursor() as cursor:
        trail = {"table": sql.Identifier(ENTRY_TABLE), "role": sql.Identifier(role)}
        cursor.execute(sql.SQL(_PROTECT).format(**trail))
        for model, audit in audited_models():
            if model._meta.db_table in tables:
                cursor.execute(_trigger(model, audit))


def _trigger(model: type[models.Model], audit: Audit) -> sql.Composed:
    return sql.SQL(_TRIGGER).format(
        table=sql.Identifier(model._meta.db_table),
        acquirer=sql.Literal(audit.acquirer_column or ""),
        merchant=sql.Literal(audit.merchant_column or ""),
        secret=sql.Literal(",".join(sorted(audit.secret))),
        ignored=sql.Literal(",".join(sorted(audit.ignored))),
    )


def note(what: str, row_id: str, *, acquirer_id: Any, detail: dict[str, Any]) -> None:
    """Add an entry that is no change of a row: ``note("sign_in", …)``, a download, a look."""
    with connection.cursor() as cursor:
        params: list[Any] = [acquirer_id, what, row_id, Jsonb(detail)]
        cursor.execute("SELECT tenancy_audit_note(%s, %s, %s, %s)", params)
