"""Keeps a set of processes alive: starts them, starts again who dies, stops them backwards."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from config.supervisor import leftovers
from config.supervisor.child import Child, Program
from config.supervisor.failure import SupervisorError
from config.supervisor.logs import LogFollower, keep_small
from config.supervisor.readiness import report, wait_until_ready

_LOOK_SECONDS = 0.2
_LOOKS_PER_ROUND = 5  # rarer work: the database's health, the size of logs


class Watch:
    """The processes of one data folder.

    ``keep_servers`` is called about once a second and starts database and broker again if need be.
    ``failed`` is set, with ``failure``, when a process died too often to be started again.
    """

    def __init__(
        self,
        data: Path,
        *,
        folder: Path,
        environment: Mapping[str, str],
        keep_servers: Callable[[], None],
        told: Mapping[str, Mapping[str, str]] | None = None,
        show_output: bool = False,
    ) -> None:
        self.failure: Exception | None = None
        self.failed = threading.Event()
        self._data = data
        self._folder = folder
        self._environment = environment
        self._keep_servers = keep_servers
        self._told = told or {}
        self._show_output = show_output
        self._children: list[Child] = []
        self._followers: list[LogFollower] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def start(self, program: Program, *, ready_seconds: float) -> None:
        """Start ``program`` and come back when it serves; raises SupervisorError if it does not."""
        log = self._data / "log" / f"{program.name}.log"
        if self._show_output:
            self._followers.append(LogFollower(program.name, log))
        environment = {**self._environment, **self._told.get(program.name, {})}
        child = Child(program, environment, self._folder, log)
        self._children.append(child)
        self._start(child)
        try:
            wait_until_ready(child, timeout_seconds=ready_seconds)
        except SupervisorError:
            child.stop(self._stopping)
            self._children.remove(child)
            raise

    def begin(self) -> None:
        """From now on, who dies is started again."""
        self._thread.start()

    def stop(self, hurry: threading.Event) -> None:
        """Stop all, last started first, each with its grace period until there is ``hurry``."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        for child in reversed(self._children):
            child.stop(hurry)
        self._children.clear()
        self._record()
        self._print_output()

    def pids(self) -> dict[str, int]:
        """The process number of each running child, by name."""
        return {child.program.name: child.pid for child in self._children if child.pid}

    def _watch(self) -> None:
        rounds = 0
        try:
            while not self._stopping.wait(_LOOK_SECONDS):
                rounds += 1
                for child in self._children:
                    self._look_after(child)
                self._print_output()
                if rounds % _LOOKS_PER_ROUND == 0:
                    self._keep_servers()
                    keep_small(self._data / "log")
        except Exception as failure:  # noqa: BLE001 -- outermost loop: told to who waits
            self.failure = failure
            self.failed.set()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if (status := child.died()) is not None:
            child.next_start = child.restarts.next_start(started=child.started, died=now)
            if child.next_start is None:
                raise report(child, f"died again and again, at last with status {status}")
        if child.next_start is not None and now >= child.next_start:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.start()
        self._record()

    def _record(self) -> None:
        leftovers.write_down(self._data / "children.json", self.pids().values())

    def _print_output(self) -> None:
        for follower in self._followers:
            follower.print_new()
