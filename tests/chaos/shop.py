"""The tills of one merchant: they pay, show, cancel and refund, and keep what they were told."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.client import PATIENCE_SECONDS, Client
from tests.chaos.crowd import Crowd
from tests.chaos.plan import FAULTS, Plan

_LOOKS = 60  # for a code that is not there yet, or for an end
_LOOK_SECONDS = 1.0
Body = dict[str, Any]


@dataclass
class Shop:
    """One merchant's key, and everything its tills did. ``codes`` were shown to be scanned."""

    client: Client
    crowd: Crowd
    sandbox_url: str
    partner_id: str
    store: str
    asked: dict[str, Body] = field(default_factory=dict)  # by merchant_reference
    told: dict[str, set[str]] = field(default_factory=dict)  # ids that a reference was answered
    codes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def sell(self, plan: Plan, chance: random.Random, reference: str) -> None:
        """One customer: a payment under ``reference``, then perhaps a cancel or refunds."""
        shows = chance.random() < plan.qr_share
        body = self._bill(chance, reference) if shows else self._order(chance, reference)
        payment = self._pay(body, chance)
        if payment is None:
            return
        if chance.random() < 0.2:  # the till asks again, as tills do
            self._pay(body, chance)
        if shows:
            self._show(payment, body, chance)
        elif chance.random() < plan.cancel_share:
            self._cancel(payment, chance)
        elif chance.random() < plan.refund_share:
            self._take_back(payment, reference, chance)

    def _order(self, chance: random.Random, reference: str) -> Body:
        [fault] = chance.choices(list(FAULTS), list(FAULTS.values()))
        code = self._make_code(fault)
        body = self._sale(chance, reference, chance.choice([10, 12, 15])) | {"payment_code": code}
        with self._lock:
            self.codes.add(code)
            self.asked[reference] = body | {"fault": fault}
        return body

    def _bill(self, chance: random.Random, reference: str) -> Body:
        body = self._sale(chance, reference, chance.choice([10, 15, 25])) | {"mode": "merchant_qr"}
        with self._lock:
            self.asked[reference] = body
        return body

    def _sale(self, chance: random.Random, reference: str, seconds: int) -> Body:
        return {
            "amount": chance.randint(100, 20_000),
            "currency": "HKD",
            "merchant_reference": reference,
            "store": self.store,
            "timeout_seconds": seconds,
        }

    def _make_code(self, fault: str) -> str:
        answer = self.client.session().post(
            f"{self.sandbox_url}/control/codes", json={"fault": fault}, timeout=PATIENCE_SECONDS
        )
        answer.raise_for_status()
        return str(answer.json()["code"])

    def _pay(self, body: Body, chance: random.Random) -> Body | None:
        payment = self.client.insist("POST", "/v1/payments", body, chance)
        if payment is not None:
            with self._lock:
                self.told.setdefault(body["merchant_reference"], set()).add(payment["id"])
        return payment

    def _show(self, payment: Body, body: Body, chance: random.Random) -> None:
        """A customer comes to the code: where that is their habit, just as it is taken off."""
        shown = self._look(payment, chance, lambda now: now["qr_code"] or _has_ended(now))
        if shown is None or not shown["qr_code"]:
            return
        seconds = body["timeout_seconds"]
        habit, going = self.crowd.meet(
            shown, partner=self.partner_id, seconds=seconds, chance=chance
        )
        if habit == "pays while canceled":
            self._cancel(shown, chance)
            going.result()

    def _cancel(self, payment: Body, chance: random.Random) -> None:
        self.client.insist("POST", f"/v1/payments/{payment['id']}/cancel", {}, chance)

    def _take_back(self, payment: Body, reference: str, chance: random.Random) -> None:
        """Wait for the end, then refund; one in five is cancelled at the same instant."""
        ended = self._look(payment, chance, _has_ended)
        if ended is None or ended["status"] != "succeeded":
            return
        if chance.random() < 0.2:
            other = random.Random(chance.random())
            with ThreadPoolExecutor(1) as second:
                crossing = second.submit(self._cancel, ended, other)
                self._refund(ended, reference, chance)
            crossing.result()
        else:
            self._refund(ended, reference, chance)

    def _refund(self, payment: Body, reference: str, chance: random.Random) -> None:
        """Up to three refunds, together perhaps more than was paid: the last are then refused."""
        path = f"/v1/payments/{payment['id']}/refunds"
        for number in range(chance.randint(1, 3)):
            amount = chance.randint(1, payment["amount"])
            body = {"amount": amount, "merchant_refund_reference": f"{reference}-R{number}"}
            self.client.insist("POST", path, body, chance)
            if chance.random() < 0.3:  # the same again is the same refund
                self.client.insist("POST", path, body, chance)

    def _look(
        self, payment: Body, chance: random.Random, is_enough: Callable[[Body], object]
    ) -> Body | None:
        """The payment once it ``is_enough``; None if it never was while we looked."""
        for _ in range(_LOOKS):
            if is_enough(payment):
                return payment
            self._pause.wait(_LOOK_SECONDS)
            found = self.client.insist("GET", f"/v1/payments/{payment['id']}", None, chance)
            payment = found or payment
        return None


def _has_ended(payment: Body) -> bool:
    return payment["status"] != "processing"
