"""Where a step is played: the till, its rival, the customer's wallet, and the audience."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from demo.screen import Voice
from demo.simulator import Simulator
from demo.stage import Stage
from demo.till import Till

AMOUNT_MINOR = 12050
CURRENCY = "HKD"
BALANCE_FEN = 500_000
DEADLINE_SECONDS = 30  # of a payment whose order names no other
PATIENCE_SECONDS = 60.0  # a step waits no longer; no deadline that is played is as long
_LOOK_SECONDS = 0.4

Found = TypeVar("Found")


class NeverEnded(RuntimeError):
    """What a step waited for did not happen within ``PATIENCE_SECONDS``."""


@dataclass(frozen=True)
class Sale:
    """A customer, the order that the till sent, and the payment that came of it."""

    customer: str
    order: dict[str, Any]
    payment: dict[str, Any]


@dataclass
class Scene:
    """One play's people and things. ``sales`` keeps by name what a later step returns to.

    ``slowest_seconds`` is the longest that this machine took so far to answer two looks: who
    judges the time between events must allow for it.
    """

    stage: Stage
    voice: Voice
    till: Till
    rival: Till
    simulator: Simulator
    sales: dict[str, Sale] = field(default_factory=dict)
    slowest_seconds: float = 0.0

    def customer(self, name: str, *, asks_password: bool = False) -> str:
        """A new customer with ``BALANCE_FEN`` in the wallet; gives the id."""
        return self.simulator.new_customer(
            name, balance_fen=BALANCE_FEN, asks_password=asks_password
        )

    def order(self, name: str, payment_code: str, **more: Any) -> dict[str, Any]:
        """What the till sends for a scanned code, with a merchant reference of its own."""
        return {
            "amount": AMOUNT_MINOR,
            "currency": CURRENCY,
            "payment_code": payment_code,
            "merchant_reference": f"{self.stage.run}-{name}",
            "store": self.stage.store,
            "terminal": self.stage.terminal,
        } | more

    def order_to_show(self, name: str) -> dict[str, Any]:
        """What the till sends for a code that it shows itself."""
        order = self.order(name, "", mode="merchant_qr", timeout_seconds=DEADLINE_SECONDS)
        del order["payment_code"]
        return order

    def taken_from(self, customer: str) -> int:
        """Fen that this customer has less than at the beginning."""
        return BALANCE_FEN - self.simulator.balance_fen(customer)

    def await_end(self, order: dict[str, Any], payment_id: str, *, until: str) -> dict[str, Any]:
        """The payment when it has ended, told with a bar; raises NeverEnded at the limit."""
        due_seconds = order.get("timeout_seconds", DEADLINE_SECONDS)

        def ended() -> dict[str, Any] | None:
            payment = self.till.look(payment_id)
            return None if payment["status"] == "processing" else payment

        return self._await(payment_id, ended, until=until, due_seconds=due_seconds)

    def await_query(self, payment_id: str) -> int:
        """How often Alipay was asked, once it was; raises NeverEnded at the limit."""
        return self._await(
            payment_id,
            lambda: self.simulator.queries(payment_id),
            until="asked about",
            due_seconds=DEADLINE_SECONDS,
        )

    def _await(
        self,
        payment_id: str,
        look: Callable[[], Found | None],
        *,
        until: str,
        due_seconds: float,
    ) -> Found:
        """What ``look`` finds, at last; the audience is told meanwhile what happens at Alipay."""
        began = time.monotonic()
        with self.voice.wait(until, due_seconds) as waiting:
            while (seconds := time.monotonic() - began) < PATIENCE_SECONDS:
                found = look()
                waiting.tell(seconds, _times_queried(self.simulator.queries(payment_id)))
                if found:
                    return found
                time.sleep(_LOOK_SECONDS)
                round_seconds = time.monotonic() - began - seconds
                self.slowest_seconds = max(self.slowest_seconds, round_seconds - _LOOK_SECONDS)
        raise NeverEnded(f"{payment_id} was not {until} within {PATIENCE_SECONDS:g} s")


def _times_queried(count: int) -> str:
    if count == 0:
        return "not queried yet"
    return "queried once" if count == 1 else f"queried {count} times"


@contextmanager
def open_scene(stage: Stage, voice: Voice) -> Iterator[Scene]:
    """A scene whose connections are closed at the end."""
    with ExitStack() as open_things:
        yield Scene(
            stage,
            voice,
            till=open_things.enter_context(Till(stage.web_url, stage.api_key, heard=voice.heard)),
            rival=open_things.enter_context(
                Till(stage.web_url, stage.rival_api_key, heard=voice.heard)
            ),
            simulator=open_things.enter_context(
                Simulator(stage.sandbox_url, stage.partner_id, heard=voice.heard)
            ),
        )
