"""The database of a test process: a copy of one that was migrated once, for exactly this code.

Migrating costs some ten seconds of CPU, a copy less than one. The migrated database stays for the
next run; its name tells the code that it was made by, so another code makes another.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from config import env
from tenancy.ownership import as_owner

PREFIX = "tillgate_template_"
_LOCK = 7_416_001  # any number, the same for all who test on this server
_CODE = ("platform", "merchants", "payments", "settlement", "loyalty")
_ALSO = ("pyproject.toml", "requirements/development.txt")  # which Django it is
_FIND = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"


def address_of(url: str, name: str) -> str:
    """``url`` with another database in it."""
    parts = urlsplit(url)
    changed = urlunsplit(parts._replace(path=f"/{name}"))
    # An address without a host has an empty second part, which urlunsplit would leave out.
    return changed if parts.netloc else changed.replace(f"{parts.scheme}:", f"{parts.scheme}://", 1)


def template_name(root: Path = env.BASE_DIR) -> str:
    """The name of the database that the code under ``root`` makes when it migrates."""
    digest = hashlib.sha256()
    found = [
        path for folder in _CODE for path in (root / folder).rglob("*.py") if _makes_tables(path)
    ]
    for path in [*sorted(found), *(root / name for name in _ALSO)]:
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def _makes_tables(path: Path) -> bool:
    """Migrations, models and the words of their checks; tenancy writes policies and grants."""
    return (
        {"migrations", "models", "tenancy"} & set(path.parts) != set()
        or path.stem == "models"
        or path.stem.endswith("state")
    )


_WRITTEN = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind = 'r' AND pg_relation_size(oid) > 0"
)
# What migrating wrote, and Django reads instead of asking.
_OF_MIGRATIONS = {"django_content_type", "auth_permission"}


def empty(alias: str) -> None:
    """Delete every row that tests have committed, as the tables' owner.

    Django's flush truncates each of our tables and makes content types and permissions anew: two
    seconds of CPU, where a test has left a dozen rows. The rules of the database that keep its
    rows are off meanwhile; foreign keys are asked at the commit.
    """
    with as_owner(alias) as connection:
        filled = _filled_tables(connection)
        with transaction.atomic(alias), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in filled:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for table in filled:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our tables
        with transaction.atomic(alias), connection.cursor() as cursor:
            for table in filled:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _filled_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Of the tables that have a file with something in it: to ask all took a tenth of a second."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    has_rows = "SELECT '{0}' WHERE EXISTS (SELECT FROM {0})"
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        written = {name for (name,) in cursor.fetchall()} - _OF_MIGRATIONS
        ours = sorted(written & set(names))
        if not ours:
            return []
        cursor.execute(" UNION ALL ".join(has_rows.format(name) for name in ours))
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def own_database(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """``connection`` leads to this process's copy while inside, and to where it led afterwards."""
    before = connection.settings_dict["NAME"]
    _lead_to(connection, _copy(connection))
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _copy(connection: BaseDatabaseWrapper) -> str:
    """One process at a time: the first one migrates, and a copied database must have no users."""
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # until the connection ends
        template = template_name()
        cursor.execute(_FIND, [PREFIX])
        found = {name for (name,) in cursor.fetchall()}
        if template not in found:
            for stale in found:
                cursor.execute(f'DROP DATABASE "{stale}"')
            _make(connection, template)
            cursor.execute(f'ALTER DATABASE "{_draft_of(template)}" RENAME TO "{template}"')
        with _test_settings(connection, TEMPLATE=template):
            return str(connection.creation._create_test_db(verbosity=0, autoclobber=True))


def _make(connection: BaseDatabaseWrapper, template: str) -> None:
    """Migrate a draft: whoever dies here leaves nothing under the template's own name."""
    before = connection.settings_dict["NAME"]
    with _test_settings(connection, NAME=_draft_of(template)):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    _lead_to(connection, before)


def _draft_of(template: str) -> str:
    return f"draft_of_{template}"


@contextmanager
def _test_settings(connection: BaseDatabaseWrapper, **changed: str) -> Iterator[None]:
    test = connection.settings_dict["TEST"]
    before = dict(test)
    test.update(changed)
    try:
        yield
    finally:
        test.clear()
        test.update(before)


def _lead_to(connection: BaseDatabaseWrapper, name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = name
    connection.settings_dict["NAME"] = name
