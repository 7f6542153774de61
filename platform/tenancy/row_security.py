"""Row-level security: one policy per tenant table, written from the models themselves.

The code runs under the role of ``settings.DATABASE_ROLE``, which owns nothing and may bypass
nothing; tables belong to whoever migrates. Law 10: what a manager forgot, PostgreSQL refuses.
"""

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tenancy.audit import watch_tables
from tenancy.scoped import TenantModel

_ALL = "SELECT, INSERT, UPDATE, DELETE"


# Whoever makes a role may grant it but not yet become it (PostgreSQL 16), hence the GRANT. Where
# an administrator made it, ours may lack the right to grant and already be a member.
_CREATE = """
DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""
_GRANT = """
DO $$ BEGIN GRANT {role} TO CURRENT_USER;
EXCEPTION WHEN insufficient_privilege THEN NULL; END $$
"""


def create_role(using: BaseDatabaseWrapper = connection) -> None:
    """Make the role the code runs under, if it is not there, and see that we can become it.

    Raises Django's ProgrammingError where the URL's user may not: then a database administrator
    must create the role and grant it (docs/howto/run.md).
    """
    role = sql.Identifier(settings.DATABASE_ROLE)
    with using.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL(_CREATE).format(role=role))
        cursor.execute(sql.SQL(_GRANT).format(role=role))
        cursor.execute(sql.SQL("SET ROLE {}").format(role))
        cursor.execute("RESET ROLE")


def secure_tables(using: BaseDatabaseWrapper = connection) -> None:
    """Grant the code's role what it needs and put the policy on every tenant table."""
    role = sql.Identifier(settings.DATABASE_ROLE)
    tables = set(using.introspection.table_names())
    with using.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(
            sql.SQL("GRANT {} ON ALL TABLES IN SCHEMA public TO {}").format(sql.SQL(_ALL), role)
        )
        cursor.execute(
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role)
        )
        for model in TenantModel.tenant_models():
            if model._meta.db_table in tables:
                cursor.execute(_policy(model, role))
    watch_tables(using, settings.DATABASE_ROLE, tables)


def _policy(model: type[TenantModel], role: sql.Identifier) -> sql.Composed:
    table = sql.Identifier(model._meta.db_table)
    condition = sql.SQL("current_setting('tillgate.acquirer', true) IN (acquirer_id::text, '*')")
    merchant: sql.Composable
    if model.MERCHANT_COLUMN is None:
        merchant = sql.SQL("current_setting('tillgate.merchant', true) = '*'")
    else:
        merchant = sql.SQL("current_setting('tillgate.merchant', true) IN ({}::text, '*')").format(
            sql.Identifier(model.MERCHANT_COLUMN)
        )
    is_append_only = getattr(model, "IS_APPEND_ONLY", False)
    return sql.SQL(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        "DROP POLICY IF EXISTS tenant ON {table};"
        "CREATE POLICY tenant ON {table} TO {role} USING ({acquirer} AND {merchant});"
        + ("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};" if is_append_only else "")
    ).format(table=table, role=role, acquirer=condition, merchant=merchant)
