"""Starts and stops this data folder's Valkey: broker and cache, in memory only."""

import json
import subprocess
from pathlib import Path

from config.embedded.failure import EmbeddedServerError
from config.embedded.places import Places
from config.embedded.process import answers, kill, process_in, wait_until
from config.embedded.programs import valkey_program

_START_SECONDS = 10
_STOP_SECONDS = 5

# It may lose everything at any time (the tables are the truth), so nothing is written to disk.
# When memory is short only what has a time to live goes: cache entries, never queued work.
_SETTINGS = """\
port 0
unixsocket {socket}
unixsocketperm 700
daemonize yes
dir {folder}
pidfile {pid_file}
logfile {log}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru
"""


def url(places: Places) -> str:
    """Where Valkey is, in the form that redis-py and Django's cache read."""
    return f"unix://{places.valkey_socket}?db=0"


def is_running(places: Places) -> bool:
    """Whether the server answers PING."""
    return answers(places.valkey_socket, question=b"PING\r\n", answer=b"+PONG")


def start(places: Places) -> None:
    """Bring the server up; the caller holds the start lock."""
    folder = _folder(places)
    folder.mkdir(mode=0o700, exist_ok=True)
    if pid := process_in(folder, _pid_file(places)):  # it lives, but does not answer
        kill(pid, timeout_seconds=_STOP_SECONDS)
    settings = _SETTINGS.format(
        socket=_quoted(places.valkey_socket),
        folder=_quoted(folder),
        pid_file=_quoted(_pid_file(places)),
        log=_quoted(places.log("valkey")),
    )
    started = subprocess.run(  # noqa: S603
        [str(valkey_program()), "-"],
        input=settings.encode(errors="surrogateescape"),
        cwd="/",
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    if started.returncode or not wait_until(
        lambda: is_running(places), timeout_seconds=_START_SECONDS
    ):
        said = (started.stdout + started.stderr).decode(errors="replace")
        raise EmbeddedServerError.with_log(
            f"The embedded Valkey did not start. {said}", places.log("valkey")
        )


def stop(places: Places) -> None:
    """Stop the server if it runs."""
    pid = process_in(_folder(places), _pid_file(places))
    if pid is None:
        return
    answers(places.valkey_socket, question=b"SHUTDOWN NOSAVE\r\n")
    gone = wait_until(
        lambda: process_in(_folder(places), _pid_file(places)) is None,
        timeout_seconds=_STOP_SECONDS,
    )
    if not gone:
        kill(pid, timeout_seconds=_STOP_SECONDS)


def _folder(places: Places) -> Path:
    return places.data / "valkey"


def _pid_file(places: Places) -> Path:
    return _folder(places) / "valkey.pid"


def _quoted(path: Path) -> str:
    """A path as Valkey's configuration reads it: in quotes, with its specials escaped."""
    return json.dumps(str(path), ensure_ascii=False)
