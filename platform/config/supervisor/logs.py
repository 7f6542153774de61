"""Keeps the logs of the children small, and shows them on the terminal."""

import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

LIMIT_BYTES = 20_000_000
_CHUNK_BYTES = 64_000
_COLOURS = {"sandbox": 35, "web": 36, "worker": 32, "beat": 33}


def keep_small(folder: Path) -> None:
    """Put aside each log above the limit, as NAME.log.1; the writers append, so they go on."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LIMIT_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


class LogFollower:
    """Prints what is appended to a log, each line with the name of its process in front."""

    def __init__(self, name: str, log: Path, *, terminal: TextIO = sys.stdout) -> None:
        self._log = log
        self._terminal = terminal
        self._read = log.stat().st_size if log.exists() else 0
        self._rest = b""
        colour = _COLOURS.get(name)
        plain = colour is None or not terminal.isatty() or "NO_COLOR" in os.environ
        self._prefix = f"{name:8}| " if plain else f"\033[{colour}m{name:8}|\033[0m "

    def print_new(self) -> None:
        """Print the whole lines that came since the last time."""
        lines = (self._rest + self._new()).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            print(self._prefix + line.decode(errors="replace"), file=self._terminal)
        if lines:
            self._terminal.flush()

    def _new(self) -> bytes:
        try:
            size = self._log.stat().st_size
            if size < self._read:  # it was put aside
                self._read = 0
            with self._log.open("rb") as stream:
                stream.seek(self._read)
                found = stream.read(_CHUNK_BYTES)
        except FileNotFoundError:
            return b""
        self._read += len(found)
        return found
