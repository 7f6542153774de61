"""The system under measurement: gunicorn, worker and beat as they ship, and a stand-in Alipay."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import env
from config.supervisor import addresses, programs
from config.supervisor.child import Child, Program
from config.supervisor.readiness import wait_until_ready

_READY_SECONDS = 60


class Disturbed(RuntimeError):
    """A process of the measured system was ended from outside: the figures would mean nothing."""


@dataclass(frozen=True)
class System:
    """Where the web process answers, and the process number of each part."""

    port: int
    pids: dict[str, int]
    children: list[Child]

    def check(self) -> None:
        """Raises Disturbed unless everything that was started still runs."""
        for child in self.children:
            if (status := child.died()) is not None:
                raise Disturbed(f"{child.program.name} ended with status {status}")


@contextmanager
def stand_in_alipay(key: bytes) -> Iterator[tuple[int, int]]:
    """Run the stand-in; gives its port and its process number."""
    command = [sys.executable, "-m", "tests.bench.stand_in"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=env.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(key)
            process.stdin.close()
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()


@contextmanager
def serving(environment: Mapping[str, str], folder: Path) -> Iterator[System]:
    """Run web, both workers and beat with ``environment``; their output goes to ``folder``."""
    with addresses.listen(0) as listening:
        port = addresses.port_of(listening)
        told = {**environment, "TILLGATE_PUBLIC_URL": f"http://{addresses.HOST}:{port}"}
        children = [
            _start(program, told, folder)
            for program in (
                programs.web(port, listening.fileno()),
                programs.worker(),
                programs.webhook_worker(),
                *programs.books_workers(),
                programs.beat(folder),
            )
        ]
        try:
            for child in children:
                wait_until_ready(child, timeout_seconds=_READY_SECONDS)
            pids = {child.program.name: child.pid or 0 for child in children}
            yield System(port, pids, children)
        finally:
            for child in reversed(children):
                child.stop(threading.Event())


def _start(program: Program, environment: Mapping[str, str], folder: Path) -> Child:
    log = folder / f"{program.name}.log"
    log.unlink(missing_ok=True)
    child = Child(program, environment, env.BASE_DIR, log)
    child.start()
    return child


def production_environment(*, database_url: str, folder: Path) -> dict[str, str]:
    """What a deployment sets, with secrets made for this run and plain HTTP on loopback."""
    from cryptography.fernet import Fernet

    return os.environ | {
        "DATABASE_URL": database_url,
        "REDIS_URL": env.redis_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "TILLGATE_DATA_DIR": str(folder),
        "TILLGATE_SECRET_KEY": Fernet.generate_key().decode() * 2,
        "TILLGATE_MASTER_KEYS": Fernet.generate_key().decode(),
        "TILLGATE_ALLOWED_HOSTS": "127.0.0.1",
        "TILLGATE_PUBLIC_URL": "http://127.0.0.1",
        "TILLGATE_SECURE_COOKIES": "false",
        "TILLGATE_LOG_FORMAT": "json",
        "TILLGATE_LOG_LEVEL": "INFO",
    }
