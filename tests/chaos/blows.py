"""The blows: processes killed or frozen, the broker emptied, the wire cut, Alipay out of order."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import redis

from config import embedded
from config.supervisor import Supervisor
from tests.chaos import faults, processes
from tests.chaos.network import Wire
from tests.chaos.plan import BLOWS, Blow, Plan


@dataclass
class Storm:
    """Runs in threads of its own between ``start`` and ``stop``; counts what it has done.

    ``wires`` lead to Alipay's main address and to its backup.
    """

    system: Supervisor
    wires: Sequence[Wire]
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
        """No more blows; the wires are mended, and Alipay is in order."""
        self._over.set()
        self._thread.join()
        for wire in self.wires:
            wire.mend()
        faults.lift_all(self.system.sandbox_url)

    def _run(self) -> None:
        if self.plan.script:
            self._follow(self.plan.script)
            return
        kinds, weights = list(BLOWS), list(BLOWS.values())
        while not self._over.wait(self.chance.uniform(0.4, 1.6) * self.plan.calm_seconds):
            [kind] = self.chance.choices(kinds, weights)
            self._strike(Blow(0, kind, self.chance.uniform(0.5, self.plan.longest_cut_seconds)))

    def _follow(self, script: Sequence[Blow]) -> None:
        """Each blow at its time, also while others last."""
        began = time.monotonic()
        lasting = []
        for blow in sorted(script, key=lambda blow: blow.at):
            if self._over.wait(max(0.0, began + blow.at - time.monotonic())):
                break
            lasting.append(threading.Thread(target=self._strike, args=(blow,), daemon=True))
            lasting[-1].start()
        for each in lasting:
            each.join()

    def _strike(self, blow: Blow) -> None:
        what, _, whom = blow.what.partition(" ")
        act: Callable[[str, float], bool] = {
            "cut": self._cut, "cut-all": self._cut_all, "empty": self._empty, "kill": self._kill,
            "freeze": self._freeze, "fault": self._spoil, "second": self._double,
        }[what]  # fmt: skip
        if act(whom, blow.seconds):
            self.done[blow.what] += 1

    def _cut(self, how: str, seconds: float) -> bool:
        """One of the wires, or all of them."""
        number = self.chance.randrange(2 * len(self.wires))
        return self._sever(self.wires[number : number + 1] or self.wires, how, seconds)

    def _cut_all(self, how: str, seconds: float) -> bool:
        return self._sever(self.wires, how, seconds)

    def _sever(self, wires: Sequence[Wire], how: str, seconds: float) -> bool:
        began = time.monotonic()
        for wire in wires:
            wire.cut(how)
        self._over.wait(seconds)
        for wire in wires:
            wire.mend()
        self.longest_cut = max(self.longest_cut, time.monotonic() - began)
        return True

    def _spoil(self, name: str, seconds: float) -> bool:
        planted = faults.plant(self.system.sandbox_url, name, self.chance)
        self._over.wait(seconds)
        faults.lift(self.system.sandbox_url, planted)
        return True

    def _empty(self, _: str, __: float) -> bool:
        try:
            with redis.Redis.from_url(embedded.redis_url(self.system.data)) as broker:
                broker.flushall()
        except redis.RedisError:
            return False
        return True

    def _kill(self, whom: str, _: float) -> bool:
        return self._signal(whom, signal.SIGKILL) is not None

    def _freeze(self, whom: str, seconds: float) -> bool:
        """It lives, holds what it holds, and does nothing; then it goes on as if nothing were."""
        number = self._signal(whom, signal.SIGSTOP)
        if number is None:
            return False
        self._over.wait(seconds)
        processes.send(number, signal.SIGCONT)
        return True

    def _signal(self, whom: str, what: signal.Signals) -> int | None:
        numbers = processes.find(self.system, whom, grace_seconds=self.plan.grace_seconds)
        number = self.chance.choice(sorted(numbers)) if numbers else None
        return number if number is not None and processes.send(number, what) else None

    def _double(self, what: str, seconds: float) -> bool:
        """A second one of what should be one, or of what may be many; then it is killed."""
        with processes.beside(what, self.system.data):
            self._over.wait(seconds)
        return True
