"""A data folder whose tables are there before its system starts.

Migrating from nothing takes twenty seconds of CPU; the run's own migrated database is copied in
two. The system migrates all the same, and finds nothing to do; tests/flows begins with nothing.
"""

import subprocess
from pathlib import Path

from config import embedded, env
from config.embedded.programs import postgres_installation
from tests.database import address_of, template_name

_SECONDS = 120


def bring_tables(data: Path) -> None:
    """Copy the run's migrated database, which must be there, into the new folder ``data``."""
    fill(data, dump_tables())


def dump_tables() -> str:
    """The SQL that makes what the run's migrated database holds."""
    role = f"CREATE ROLE {env.text('TILLGATE_DATABASE_ROLE')} NOLOGIN NOBYPASSRLS;\n"
    template = address_of(env.database_url(), template_name())
    return role + _run("pg_dump", "--no-owner", f"--dbname={template}")


def fill(data: Path, tables: str) -> None:
    """Make the servers of the new folder ``data``, run the SQL there, and stop them."""
    into = ("--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-psqlrc")
    with embedded.in_use(data):
        _run("psql", *into, f"--dbname={embedded.database_url(data)}", said=tables)


def _run(program: str, *arguments: str, said: str = "") -> str:
    """What the program of the installed PostgreSQL answers; raises CalledProcessError."""
    command = (str(postgres_installation() / "bin" / program), *arguments)
    done = subprocess.run(  # noqa: S603
        command, input=said, capture_output=True, text=True, timeout=_SECONDS, check=True
    )
    return done.stdout
