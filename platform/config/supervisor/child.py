"""One supervised process: started in a process group of its own, and stopped with all of it."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.supervisor.restarts import Restarts

_PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Program:
    """What to run. ``ready_url`` answers 200 once it serves; ``inherits`` are its descriptors."""

    name: str
    command: tuple[str, ...]
    ready_url: str | None = None
    grace_seconds: float = 10.0
    inherits: tuple[int, ...] = ()


@dataclass
class Child:
    """A program and the process that runs it now. Output is appended to ``log``."""

    program: Program
    environment: Mapping[str, str]
    folder: Path
    log: Path
    restarts: Restarts = field(default_factory=Restarts)
    started: float = 0.0
    next_start: float | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The leader's process number, while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the program; Ctrl-C on our terminal does not reach its group."""
        self.next_start = None
        self.started = time.monotonic()
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                self.program.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
                pass_fds=self.program.inherits,
            )

    def died(self) -> int | None:
        """The exit status if the leader is gone; what it left of its group is then killed."""
        if self._process is None or (status := self._process.poll()) is None:
            return None
        self._kill_group(self._process.pid)
        self._process = None
        return status

    def stop(self, hurry: threading.Event) -> None:
        """Ask politely, wait for the grace period or until there is ``hurry``, then kill."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self.program.grace_seconds
        while self._process.poll() is None and time.monotonic() < deadline:
            if hurry.wait(_PAUSE_SECONDS):
                break
        self._kill_group(self._process.pid)
        self._process.wait()
        self._process = None

    def _kill_group(self, group: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
