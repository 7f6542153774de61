"""The tills of one merchant: they pay, repeat, cancel, refund, and keep what they were told."""

import random
import threading
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.chaos.plan import FAULTS, Plan

_TRIES = 60
_PATIENCE_SECONDS = 30


@dataclass
class Shop:
    """One merchant's key, and everything its tills did. ``codes`` were shown to be scanned."""

    web_url: str
    sandbox_url: str
    partner_id: str
    key: str
    store: str
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)  # by merchant_reference
    told: dict[str, set[str]] = field(default_factory=dict)  # ids that a reference was answered
    codes: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    gave_up: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._local = threading.local()
        self._pause = threading.Event()

    def sell(self, plan: Plan, chance: random.Random, reference: str) -> None:
        """One customer: a payment under ``reference``, then perhaps a cancel or refunds."""
        body = self._order(chance, reference)
        payment = self._insist("POST", "/v1/payments", body, chance)
        if payment is None:
            return
        with self._lock:
            self.told.setdefault(reference, set()).add(payment["id"])
        if chance.random() < 0.2:  # the till asks again, as tills do
            again = self._insist("POST", "/v1/payments", body, chance)
            if again is not None:
                with self._lock:
                    self.told[reference].add(again["id"])
        if chance.random() < plan.cancel_share:
            self._insist("POST", f"/v1/payments/{payment['id']}/cancel", {}, chance)
        elif payment["status"] == "succeeded" and chance.random() < plan.refund_share:
            self._refund(chance, reference, payment)

    def _order(self, chance: random.Random, reference: str) -> dict[str, Any]:
        [fault] = chance.choices(list(FAULTS), list(FAULTS.values()))
        code = self._show_code(fault)
        body = {
            "amount": chance.randint(100, 20_000),
            "currency": "HKD",
            "payment_code": code,
            "merchant_reference": reference,
            "store": self.store,
            "timeout_seconds": chance.choice([10, 12, 15]),
        }
        with self._lock:
            self.codes.add(code)
            self.asked[reference] = body | {"fault": fault}
        return body

    def _show_code(self, fault: str) -> str:
        answer = self._session().post(
            f"{self.sandbox_url}/control/codes", json={"fault": fault}, timeout=_PATIENCE_SECONDS
        )
        answer.raise_for_status()
        return str(answer.json()["code"])

    def _refund(self, chance: random.Random, reference: str, payment: dict[str, Any]) -> None:
        """Up to three refunds, together perhaps more than was paid: the last are then refused."""
        for number in range(chance.randint(1, 3)):
            amount = chance.randint(1, payment["amount"])
            body = {"amount": amount, "merchant_refund_reference": f"{reference}-R{number}"}
            self._insist("POST", f"/v1/payments/{payment['id']}/refunds", body, chance)

    def _insist(
        self, method: str, path: str, body: dict[str, Any], chance: random.Random
    ) -> dict[str, Any] | None:
        """Send the same request until it is answered; None if it was refused for good."""
        wait = chance.choice([0, 2, 5])
        for _ in range(_TRIES):
            try:
                answer = self._session().request(
                    method,
                    self.web_url + path,
                    json=body,
                    headers={"Authorization": f"Bearer {self.key}", "Prefer": f"wait={wait}"},
                    timeout=_PATIENCE_SECONDS,
                )
            except requests.RequestException:
                self._pause.wait(0.3)
                continue
            if answer.status_code < 300:
                found: dict[str, Any] = answer.json()
                return found
            if answer.status_code < 500:
                with self._lock:
                    self.refusals.append(f"{method} {path}: {answer.text[:200]}")
                return None
            self._pause.wait(0.5)
        with self._lock:
            self.gave_up += 1
        return None

    def read_all(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            params = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            answer = self._session().get(
                self.web_url + path,
                params=params,
                headers={"Authorization": f"Bearer {self.key}"},
                timeout=_PATIENCE_SECONDS,
            )
            answer.raise_for_status()
            page = answer.json()
            rows += page["data"]
            if not page["has_more"]:
                return rows
            cursor = page["next_cursor"]

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session
