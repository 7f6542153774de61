"""Looks at servers from outside: does a socket answer, and is a process really the one we made."""

import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path

_ANSWER_SECONDS = 2.0
_PAUSE_SECONDS = 0.02


def answers(path: Path, *, question: bytes = b"", answer: bytes = b"") -> bool:
    """Whether the Unix socket ``path`` accepts a connection and, if asked, gives ``answer``."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_SECONDS)
        try:
            connection.connect(str(path))
            connection.sendall(question)
            return connection.recv(len(answer)) == answer if answer else True
        except OSError:
            return False


def wait_until(happened: Callable[[], bool], *, timeout_seconds: float) -> bool:
    """Ask ``happened`` again and again; False when it has not after ``timeout_seconds``."""
    deadline = time.monotonic() + timeout_seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def process_in(folder: Path, pid_file: Path) -> int | None:
    """The process number in ``pid_file``, if that process lives and works in ``folder``.

    Both servers make their data folder their working folder. After a reboot the number may belong
    to a stranger, who works elsewhere: we neither wait for him nor touch him.
    """
    import psutil  # type: ignore[import-untyped]

    try:
        pid = int(pid_file.read_text().split()[0])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return pid if Path(process.cwd()) == folder.resolve() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def kill(pid: int, *, timeout_seconds: float) -> None:
    """Kill process ``pid`` and wait until it is gone."""
    import psutil

    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        process.kill()
        process.wait(timeout_seconds)
