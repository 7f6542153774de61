"""Makes the PostgreSQL cluster of a data folder: initdb, its settings, its role and database."""

import contextlib
import shutil
import subprocess
from pathlib import Path

from config.embedded.account import Account, present_user_name
from config.embedded.failure import EmbeddedServerError
from config.embedded.places import Places, make_private

_INITDB_SECONDS = 120

# For a developer's two cores beside web and workers. Durability stays as PostgreSQL ships it.
# What everything was measured with. A server of one's own should have it too, and
# deploy/compose.yaml does: large statements are not compiled anew each time (``jit``), and what is
# looked up by an index is (``random_page_cost``).
MEASURED = {
    "shared_buffers": "512MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
}
# A failing statement or its values never reach the log: they may hold payment codes.
_SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 200
{measured}
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
log_min_error_statement = panic
log_error_verbosity = terse
"""


def existing_home(places: Places) -> Path | None:
    """The folder that holds the cluster, or None before the first start."""
    for folder in (places.data / "postgres", places.outside / "postgres"):
        if (folder / "cluster").exists():
            return folder
    return None


def make_home(places: Places, account: Account) -> Path:
    """The folder for the cluster: in the data folder, or outside if the account cannot go there."""
    if home := existing_home(places):
        return home
    parent = places.data
    if account.lesser and not account.may("x", places.data):
        make_private(places.outside, mode=0o711)
        parent = places.outside
    account.own(parent / "postgres")
    return parent / "postgres"


def is_prepared(home: Path) -> bool:
    """Whether the cluster's role and database were made."""
    return (home / "prepared").exists()


def initialise(home: Path, *, account: Account, programs: Path) -> None:
    """Run initdb if there is no cluster yet; half a cluster of a killed run is thrown away."""
    if (home / "cluster").exists():
        _refuse_other_release(home / "cluster", programs)
        return
    draft = home / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    command = [str(programs / "initdb"), "--pgdata", str(draft), "--username", "postgres"]
    command += ["--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    command += ["--locale", "C", "--auth", "peer", "--no-instructions"]
    made = subprocess.run(  # noqa: S603
        command,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=_INITDB_SECONDS,
        check=False,
        **account.identity(),
    )
    if made.returncode:
        raise EmbeddedServerError(f"PostgreSQL's initdb failed:\n{made.stdout}{made.stderr}")
    draft.rename(home / "cluster")


def configure(cluster: Path, *, sockets: Path, account: Account) -> None:
    """Write the settings, and who may enter: the present user, over the private socket, only."""
    measured = "\n".join(f"{name} = {value}" for name, value in MEASURED.items())
    user = present_user_name().replace('"', '""')
    files = {
        "postgresql.auto.conf": _SETTINGS.format(sockets=sockets, measured=measured),
        "pg_hba.conf": "local all all peer map=tillgate\n",
        "pg_ident.conf": f'tillgate "{user}" all\n',
    }
    for name, content in files.items():
        path = cluster / name
        path.write_text(content)
        path.chmod(0o600)
        if account.lesser:
            shutil.chown(path, account.uid, account.gid)


def create_database(home: Path, *, sockets: Path) -> None:
    """Make role and database ``tillgate`` once; the superuser serves for nothing else.

    The role is no superuser, so that row-level security binds it; it may create the roles that
    the code runs under, and databases for the tests.
    """
    if is_prepared(home):
        return
    import psycopg
    from psycopg.errors import DuplicateDatabase, DuplicateObject

    with psycopg.connect(
        host=str(sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        with contextlib.suppress(DuplicateObject):
            connection.execute("CREATE ROLE tillgate LOGIN CREATEDB CREATEROLE")
        with contextlib.suppress(DuplicateDatabase):
            connection.execute("CREATE DATABASE tillgate OWNER tillgate")
    (home / "prepared").touch()


def _refuse_other_release(cluster: Path, programs: Path) -> None:
    """A cluster is bound to its major release; say so before the server's log does."""
    release = (cluster / "PG_VERSION").read_text().strip()
    bundled = programs.parent.name.rpartition("pginstall")[2]
    if bundled.isdigit() and bundled != release:
        raise EmbeddedServerError(
            f"{cluster} was made by PostgreSQL {release}, and the installed one is {bundled}: "
            "dump it with the old release, or remove the folder"
        )
