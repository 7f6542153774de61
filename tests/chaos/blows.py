"""The blows: processes killed with -9, the broker emptied, the wire cut; one after another."""

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from config import embedded
from config.embedded.places import Places
from config.supervisor import Supervisor
from tests.chaos.network import Wire
from tests.chaos.plan import BLOWS, Plan


@dataclass
class Storm:
    """Runs in a thread of its own between ``start`` and ``stop``; counts what it has done."""

    system: Supervisor
    wire: Wire
    plan: Plan
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    longest_cut: float = 0.0

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="storm", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more blows; the wire is mended."""
        self._over.set()
        self._thread.join()
        self.wire.mend()

    def _run(self) -> None:
        kinds, weights = list(BLOWS), list(BLOWS.values())
        while not self._over.wait(self.chance.uniform(0.4, 1.6) * self.plan.calm_seconds):
            [blow] = self.chance.choices(kinds, weights)
            if self._strike(blow):
                self.done[blow] += 1

    def _strike(self, blow: str) -> bool:
        what, _, whom = blow.partition(" ")
        if what == "cut:":
            return self._cut(whom)
        if blow == "empty valkey":
            return self._empty()
        return self._kill(whom)

    def _cut(self, how: str) -> bool:
        began = time.monotonic()
        self.wire.cut(how)
        self._over.wait(self.chance.uniform(0.5, self.plan.longest_cut_seconds))
        self.wire.mend()
        self.longest_cut = max(self.longest_cut, time.monotonic() - began)
        return True

    def _empty(self) -> bool:
        try:
            with redis.Redis.from_url(embedded.redis_url(self.system.data)) as broker:
                broker.flushall()
        except redis.RedisError:
            return False
        return True

    def _kill(self, whom: str) -> bool:
        numbers = self._numbers(whom)
        if not numbers:
            return False
        try:
            os.kill(self.chance.choice(sorted(numbers)), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def _numbers(self, whom: str) -> list[int]:
        """Who may be hit: the process, or one of gunicorn's workers; only what we started."""
        if whom == "postgres":
            return _read(self.system.data, "postmaster.pid")
        if whom == "valkey":
            return _read(self.system.data, "valkey.pid")
        number = self.system.pids().get(whom)
        if number is None:
            return []
        born_before = time.time() - self.plan.grace_seconds
        try:
            master = psutil.Process(number)
            family = (master, *master.children())
            return [one.pid for one in family if one.create_time() < born_before]
        except psutil.NoSuchProcess:
            return []


def _read(data: Path, name: str) -> list[int]:
    """The number in a server's own file, wherever this data folder keeps it."""
    for folder in (data, Places.of(data).outside):
        for file in folder.rglob(name) if folder.is_dir() else ():
            try:
                return [int(file.read_text().split()[0])]
            except (OSError, ValueError, IndexError):
                continue
    return []
