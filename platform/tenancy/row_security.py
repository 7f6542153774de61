"""Row-level security: one policy per tenant table, written from the models themselves.

The code runs under the role of ``settings.DATABASE_ROLE``, which owns nothing and may bypass
nothing; tables belong to whoever migrates. Law 10: what a manager forgot, PostgreSQL refuses.
"""

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tenancy.audit import watch_tables
from tenancy.scoped import TenantModel, Through

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


# What a connection was told, read once per statement. Under '*' the sub-select's answer is true
# for every row; a value that was never set is NULL or empty and matches none. Neither hides the
# column from the planner: `current_setting(…) IN (column::text, '*')` let it expect few rows of an
# acquirer that has half of them, and sort them all for a page of a list.
_SEES = "((SELECT current_setting({setting}, true) = '*') OR {column} = {value})"
_VALUE = "(SELECT NULLIF(NULLIF(current_setting({setting}, true), ''), '*')::uuid)"
# The table that says so is read under its own policy: it shows a merchant its own rows only.
_SHARES = (
    "((SELECT current_setting({setting}, true) = '*')"
    " OR {column} IN (SELECT {theirs} FROM {table} WHERE merchant_id = {value}))"
)
_SEES_ALL = "(SELECT current_setting({setting}, true) = '*')"


def _sees(setting: str, column: str | Through | None) -> sql.Composed:
    """Whether a row's ``column`` is what the connection was told, or it was told '*'; without a
    column, only '*' will do."""
    name = sql.Literal(setting)
    if column is None:
        return sql.SQL(_SEES_ALL).format(setting=name)
    value = sql.SQL(_VALUE).format(setting=name)
    if isinstance(column, Through):
        return sql.SQL(_SHARES).format(
            setting=name,
            column=sql.Identifier(column.column),
            theirs=sql.Identifier(column.theirs),
            table=sql.Identifier(column.find_model()._meta.db_table),
            value=value,
        )
    return sql.SQL(_SEES).format(setting=name, column=sql.Identifier(column), value=value)


def _policy(model: type[TenantModel], role: sql.Identifier) -> sql.Composed:
    table = sql.Identifier(model._meta.db_table)
    is_append_only = getattr(model, "IS_APPEND_ONLY", False)
    return sql.SQL(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        "DROP POLICY IF EXISTS tenant ON {table};"
        "CREATE POLICY tenant ON {table} TO {role} USING ({acquirer} AND {merchant});"
        + ("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};" if is_append_only else "")
    ).format(
        table=table,
        role=role,
        acquirer=_sees("tillgate.acquirer", "acquirer_id"),
        merchant=_sees("tillgate.merchant", model.MERCHANT_COLUMN),
    )
