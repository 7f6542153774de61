"""Who can be hit, by name: only processes that this run has started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from config import env
from config.embedded.places import Places
from config.supervisor import Supervisor, programs


def find(system: Supervisor, whom: str, *, grace_seconds: float) -> list[int]:
    """The process, or one of gunicorn's workers; nobody who was started ``grace_seconds`` ago."""
    if whom == "postgres":
        return _read(system.data, "postmaster.pid")
    if whom == "valkey":
        return _read(system.data, "valkey.pid")
    number = system.pids().get(whom)
    if number is None:
        return []
    born_before = time.time() - grace_seconds
    try:
        master = psutil.Process(number)
        family = (master, *master.children())
        return [one.pid for one in family if one.create_time() < born_before]
    except psutil.NoSuchProcess:
        return []


def send(number: int, what: signal.Signals) -> bool:
    """False if it is gone already."""
    try:
        os.kill(number, what)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def beside(what: str, data: Path) -> Iterator[None]:
    """A beat or worker beside the supervised one, for as long as the block runs."""
    program = {"beat": programs.beat(data / "second"), "worker": programs.worker()}[what]
    (data / "second").mkdir(exist_ok=True)
    with (data / "log" / f"second-{what}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            program.command, cwd=env.BASE_DIR, env=os.environ | {"TILLGATE_DATA_DIR": str(data)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _read(data: Path, name: str) -> list[int]:
    """The number in a server's own file, wherever this data folder keeps it."""
    for folder in (data, Places.of(data).outside):
        for file in folder.rglob(name) if folder.is_dir() else ():
            try:
                return [int(file.read_text().split()[0])]
            except (OSError, ValueError, IndexError):
                continue
    return []
