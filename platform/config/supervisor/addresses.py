"""Decides where web and sandbox listen: at their usual ports, or at free ones."""

import json
import os
import socket
from pathlib import Path

HOST = "127.0.0.1"
_BACKLOG = 2048


def listen(preferred: int) -> socket.socket:
    """A listening socket at port ``preferred``, or at a free one if that is taken.

    It is made before the web process and handed to it, so no other program can slip in between,
    and connections wait, instead of being refused, while the process is started again.
    """
    try:
        return _listening(preferred)
    except OSError:
        return _listening(0)


def free_port(preferred: int) -> int:
    """A port for a program that opens it itself: ``preferred`` unless it is taken."""
    with listen(preferred) as probe:
        return port_of(probe)


def port_of(listening: socket.socket) -> int:
    """The port of a socket."""
    return int(listening.getsockname()[1])


def is_listening(pid: int, port: int) -> bool:
    """Whether process ``pid`` or one of its children listens at ``port``, and not a stranger."""
    import psutil  # type: ignore[import-untyped]

    try:
        leader = psutil.Process(pid)
        family = [leader, *leader.children(recursive=True)]
        found = [link for process in family for link in process.net_connections(kind="tcp")]
    except psutil.Error:
        return False
    return any(link.status == psutil.CONN_LISTEN and link.laddr.port == port for link in found)


def write(path: Path, **addresses: str | int) -> None:
    """Write the chosen addresses, all or nothing."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(addresses, indent=2) + "\n")
    draft.replace(path)


def read(path: Path) -> dict[str, str | int]:
    """The addresses written last; empty if there are none."""
    try:
        found: dict[str, str | int] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found


def _listening(port: int) -> socket.socket:
    found = socket.socket()
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found
