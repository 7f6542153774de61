"""The database of a test process: a copy of one that was migrated once, for exactly this code.

Migrating costs some ten seconds of CPU, a copy less than one. The migrated database stays for the
next run; its name tells the code that it was made by, so another code makes another.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from config import env

PREFIX = "tillgate_template_"
_LOCK = 7_416_001  # any number, the same for all who test on this server
_CODE = ("platform", "merchants", "payments", "settlement", "loyalty")
_ALSO = ("pyproject.toml", "requirements/development.txt")  # which Django it is
_FIND = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"


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
