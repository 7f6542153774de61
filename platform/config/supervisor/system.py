"""Brings the whole system of this checkout up in order, and takes it down again."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from config import embedded, env
from config.embedded.failure import tail
from config.embedded.locks import take_exclusive_now
from config.supervisor import addresses, leftovers, programs
from config.supervisor.failure import SupervisorError
from config.supervisor.signals import StopWishes
from config.supervisor.watch import Watch

WEB_PORT = 8000
SANDBOX_PORT = 8001
_PORT_ATTEMPTS = 5
_READY_SECONDS = 180.0  # a machine may be busy with something else; who dies is told at once
_MIGRATE_SECONDS = 300


class Supervisor:
    """``with Supervisor() as system:`` has sandbox, web, both workers and beat running inside.

    ``system.web_url`` and ``system.sandbox_url`` are their addresses, without a slash at the end.
    Entered in the main thread, Ctrl-C, SIGTERM and SIGHUP arrive as KeyboardInterrupt. Raises
    SupervisorError or EmbeddedServerError when the system cannot be brought up, or runs already.
    ``told`` has variables for single programs, by their names: for drills.
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        show_output: bool = False,
        told: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.data = data_dir or env.data_dir()
        self.web_url = ""
        self.sandbox_url = ""
        self._show_output = show_output
        self._told = told or {}
        self._wishes = StopWishes()
        self._stack = contextlib.ExitStack()
        self._watch: Watch | None = None

    def __enter__(self) -> Self:
        self._wishes.install()
        self._stack.callback(self._wishes.restore)
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def wait(self) -> None:
        """Serve until somebody wishes to stop; raises what made keeping it up impossible."""
        watch = self._running()
        while not watch.failed.wait(1.0):  # woken each second: a signal must find Python running
            pass
        if watch.failure:
            raise watch.failure

    def pids(self) -> dict[str, int]:
        """The process number of each child by name: for drills that kill one."""
        return self._running().pids()

    def _start(self) -> None:
        (self.data / "log").mkdir(parents=True, exist_ok=True)
        self._be_the_only_one()
        leftovers.sweep(self.data / "children.json")
        listening = self._stack.enter_context(addresses.listen(WEB_PORT))
        port = addresses.port_of(listening)
        self.web_url = f"http://{addresses.HOST}:{port}"
        keep_servers = self._use_servers()
        environment = self._environment()
        self._migrate(environment)
        self._watch = Watch(
            self.data,
            folder=env.BASE_DIR,
            environment=environment,
            keep_servers=keep_servers,
            told=self._told,
            show_output=self._show_output,
        )
        self._start_sandbox(self._watch, environment)
        self._watch.start(programs.web(port, listening.fileno()), ready_seconds=_READY_SECONDS)
        self._watch.start(programs.worker(), ready_seconds=_READY_SECONDS)
        self._watch.start(programs.webhook_worker(), ready_seconds=_READY_SECONDS)
        for worker in programs.books_workers():
            self._watch.start(worker, ready_seconds=_READY_SECONDS)
        self._watch.start(programs.beat(self.data), ready_seconds=_READY_SECONDS)
        self._watch.begin()
        self._announce()

    def _stop(self) -> None:
        self._wishes.begin_stopping()
        try:
            if self._watch:
                self._watch.stop(self._wishes.hurry)
        finally:
            self._stack.close()

    def _running(self) -> Watch:
        if self._watch is None:
            raise SupervisorError("The system is not running: enter the supervisor first")
        return self._watch

    def _be_the_only_one(self) -> None:
        alone = take_exclusive_now(self.data / "locks" / "supervisor")
        if alone is None:
            found = addresses.read(self.data / "addresses.json").get("web", "a web address to come")
            raise SupervisorError(
                f"Tillgate runs already in this checkout, at {found}; `make stop` stops it"
            )
        self._stack.callback(os.close, alone)
        (self.data / "addresses.json").unlink(missing_ok=True)  # of one that was killed

    def _use_servers(self) -> Callable[[], None]:
        """Have database and broker, embedded unless both addresses are set; gives their keeper."""
        if env.text("DATABASE_URL") and env.text("REDIS_URL"):
            return lambda: None
        self._stack.enter_context(embedded.in_use(self.data))
        return lambda: embedded.ensure_running(self.data)

    def _environment(self) -> dict[str, str]:
        """What the children are told; an address that is set already is respected."""
        told = {
            "DATABASE_URL": env.text("DATABASE_URL") or embedded.database_url(self.data),
            "REDIS_URL": env.text("REDIS_URL") or embedded.redis_url(self.data),
            "TILLGATE_DATA_DIR": str(self.data),
            "PYTHONUNBUFFERED": "1",
        }
        return {"TILLGATE_PUBLIC_URL": self.web_url} | os.environ | told

    def _migrate(self, environment: dict[str, str]) -> None:
        log = self.data / "log" / "migrate.log"
        with log.open("wb") as output:
            done = subprocess.run(  # noqa: S603
                programs.migrate(),
                cwd=env.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=_MIGRATE_SECONDS,
                check=False,
            )
        if done.returncode:
            raise SupervisorError(f"The tables could not be brought up to date.\n{tail(log)}")

    def _start_sandbox(self, watch: Watch, environment: dict[str, str]) -> None:
        """Start it at its usual port, or at the next free one when another program is quicker."""
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            port = addresses.free_port(SANDBOX_PORT)
            self.sandbox_url = f"http://{addresses.HOST}:{port}"
            environment["TILLGATE_SANDBOX_URL"] = self.sandbox_url
            try:
                watch.start(programs.sandbox(port, self.data), ready_seconds=_READY_SECONDS)
                return
            except SupervisorError:
                if attempt == _PORT_ATTEMPTS or addresses.free_port(port) == port:
                    raise

    def _announce(self) -> None:
        path = self.data / "addresses.json"
        addresses.write(path, web=self.web_url, sandbox=self.sandbox_url, supervisor=os.getpid())
        self._stack.callback(path.unlink, missing_ok=True)
