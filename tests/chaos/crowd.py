"""Customers who scan the code that a till shows: some pay, some refuse, some come too late."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import requests

from tests.chaos.plan import HABITS

_BALANCE_FEN = 10**8
_SECONDS = 30
_CUSTOMERS_LIMIT = 64  # at the same time; the others wait for their turn
Ask = Callable[[], object]


class Crowd:
    """Everybody's wallet at the sandbox. ``done`` counts what the wallets answered, by habit."""

    def __init__(self, sandbox_url: str, *, late_seconds: float) -> None:
        self.done: Counter[str] = Counter()
        self._url = f"{sandbox_url}/control"
        self._late_seconds = late_seconds
        self._pool = ThreadPoolExecutor(_CUSTOMERS_LIMIT, thread_name_prefix="customer")
        self._out: list[Future[None]] = []
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def meet(
        self, payment: dict[str, Any], *, partner: str, seconds: int, chance: random.Random
    ) -> tuple[str, Future[None]]:
        """A customer comes to a shown code and does as is their habit; the habit, and the doing.

        ``seconds`` is how long the till shows it.
        """
        [habit] = chance.choices(list(HABITS), list(HABITS.values()))
        trade = f"{self._url}/trades/{partner}/{payment['id'].replace('_', '')}"
        wait, pause = self._waits(habit, seconds, chance)

        def come() -> None:
            self._pause.wait(wait)
            self._scan(habit, payment["qr_code"], trade, pause)

        going = self._pool.submit(come)
        with self._lock:
            self._out.append(going)
        return habit, going

    def go_home(self) -> None:
        """Wait until everybody has done what they came for; raises what a wallet did not expect."""
        for each in self._out:
            each.result()
        self._pool.shutdown()

    def _scan(self, habit: str, qr_code: str, trade: str, pause: float) -> None:
        if habit == "never scans":
            self._note(habit, 0)
            return
        customer = self._post(
            f"{self._url}/customers", {"name": habit, "balance_fen": _BALANCE_FEN}
        )
        scans = f"{self._url}/customers/{customer.json()['id']}/scans"
        pays = habit in {"pays", "pays too late", "pays while canceled"}
        answer = self._post(scans, {"qr_code": qr_code, "pays": pays})
        if answer.status_code == 201 and not pays and habit != "scans only":
            self._pause.wait(pause)
            verb = "refuse" if habit == "refuses" else "confirm"
            answer = self._post(f"{trade}/{verb}", {})
        self._note(habit, answer.status_code)

    def _post(self, url: str, body: dict[str, Any]) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(url, json=body, timeout=_SECONDS)
        if answer.status_code not in {200, 201, 404, 409}:
            raise RuntimeError(f"{url}: {answer.status_code} {answer.text[:200]}")
        return answer

    def _note(self, habit: str, status: int) -> None:
        words = {0: "", 200: ": yes", 201: ": yes"}.get(status, ": no")
        with self._lock:
            self.done[f"customer {habit}{words}"] += 1

    def _waits(self, habit: str, seconds: int, chance: random.Random) -> tuple[float, float]:
        """How long until the scan, and from there until the yes or no."""
        if habit == "pays too late":
            return seconds + chance.uniform(0, self._late_seconds), 0
        if habit == "pays while canceled":
            return chance.uniform(0, 0.2), 0
        return chance.uniform(0, seconds / 3), chance.uniform(0, seconds)
