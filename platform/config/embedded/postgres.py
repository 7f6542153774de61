"""Starts and stops this data folder's PostgreSQL; its cluster is made at the first start."""

import os
import subprocess
import time
from pathlib import Path

from config.embedded import cluster
from config.embedded.account import Account, choose_account
from config.embedded.failure import EmbeddedServerError
from config.embedded.places import Places
from config.embedded.process import answers, kill, process_in
from config.embedded.programs import postgres_programs

_START_SECONDS = 60
_STOP_SECONDS = 20
_ATTEMPTS = 20
_PAUSE_SECONDS = 0.25


def url(places: Places) -> str:
    """Where the database is: role ``tillgate`` (no superuser) over the private socket."""
    return f"postgresql://tillgate@/tillgate?host={places.postgres_sockets}"


def is_running(places: Places) -> bool:
    """Whether the server accepts connections and its database was made."""
    home = cluster.existing_home(places)
    return home is not None and cluster.is_prepared(home) and answers(_socket(places))


def start(places: Places) -> None:
    """Bring the server up and its database into being; the caller holds the start lock."""
    account = choose_account(cluster.existing_home(places))
    programs = postgres_programs(places, account)
    home = cluster.make_home(places, account)
    cluster.initialise(home, account=account, programs=programs)
    account.own(places.postgres_sockets)
    if not answers(_socket(places)):
        _stop_unreachable(home, account, programs)
        cluster.configure(home / "cluster", sockets=places.postgres_sockets, account=account)
        _launch(home, account, programs, places.log("postgres"))
    cluster.create_database(home, sockets=places.postgres_sockets)


def stop(places: Places) -> None:
    """Stop the server if it runs: politely (open connections are cut), then by force."""
    home = cluster.existing_home(places)
    if home and process_in(home / "cluster", _pid_file(home)):
        account = choose_account(home)
        _stop(home, account, postgres_programs(places, account))


def _socket(places: Places) -> Path:
    return places.postgres_sockets / ".s.PGSQL.5432"


def _pid_file(home: Path) -> Path:
    return home / "cluster" / "postmaster.pid"


def _stop_unreachable(home: Path, account: Account, programs: Path) -> None:
    """A server whose socket was swept away is stopped; a number that is not its own is forgotten.

    PostgreSQL takes any living process of its user with that number for itself and would not
    start; after a reboot that is easily a stranger.
    """
    if process_in(home / "cluster", _pid_file(home)):
        _stop(home, account, programs)
    _pid_file(home).unlink(missing_ok=True)


def _launch(home: Path, account: Account, programs: Path, log: Path) -> None:
    """Start the server; repeated while the children of a killed one still hold its memory."""
    for _ in range(_ATTEMPTS):
        if _control("start", home, account, programs, log=log, timeout_seconds=_START_SECONDS):
            return
        time.sleep(_PAUSE_SECONDS)
    raise EmbeddedServerError.with_log("The embedded PostgreSQL did not start.", log)


def _stop(home: Path, account: Account, programs: Path) -> None:
    for mode in ("fast", "immediate"):
        order = f"stop --mode {mode}"
        if _control(order, home, account, programs, timeout_seconds=_STOP_SECONDS):
            return
    if pid := process_in(home / "cluster", _pid_file(home)):
        kill(pid, timeout_seconds=_STOP_SECONDS)


def _control(
    order: str,
    home: Path,
    account: Account,
    programs: Path,
    *,
    timeout_seconds: int,
    log: Path = Path(os.devnull),
) -> bool:
    """Give pg_ctl an ``order`` and wait; the server gets a session of its own, away from Ctrl-C."""
    command = [str(programs / "pg_ctl"), *order.split(), "--pgdata", str(home / "cluster")]
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603
            [*command, "--wait", "--timeout", str(timeout_seconds)],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            check=False,
            **account.identity(),
        )
    return done.returncode == 0
