"""What can happen in a history, in any order: hypothesis thinks up the rest.

A subclass says where the rows are: in PostgreSQL (test_histories.py) or in memory (test_memory.py).
"""

import itertools
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from time import process_time, time
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kernel import ids
from kernel.clock import ManualClock, using_clock
from ledger import accounts
from merchants import gateways
from merchants.authentication import Principal
from payments.services import background
from payments.state import ENDED
from tests.conftest import START
from tests.payments.histories.alipay import Fault, Mood
from tests.payments.histories.laws import Laws
from tests.payments.histories.profile import HALVES
from tests.payments.histories.rows import Rows, Seen
from tests.payments.histories.world import World
from tests.people import Person

FIRST_BITS = 1_000_000  # of a history's ids: the same in each, and no id of the people's

# Seconds between two queries of a payment in doubt: a dozen more of them would tell no more.
RARELY = 30
NUMBERS = st.integers(1, 3)
# Most customers pay, and most days are fine: else nothing is ever there to be refunded.
MOODS = st.sampled_from([Mood.PAYS, Mood.PAYS, Mood.IS_ASKED, Mood.CANNOT])
# One draw, for draws are most of what a history costs: none at all in every other one.
_FAULTS = [list(some) for most in range(1, 4) for some in itertools.product(Fault, repeat=most)]
FAULTS = st.sampled_from([[]] * len(_FAULTS) + _FAULTS)
# Seconds: within an interval, past a lease, past a deadline, past a trade's life; a night begins.
WAITS = st.sampled_from([0.5, 3, 5, 9, 30, 60, 185, 3600, 34_000])


def noted(act: Callable[..., None]) -> Callable[..., None]:
    """Keep what was chosen, so that the history can be played again elsewhere."""

    @wraps(act)
    def play(self: "Histories", **choices: Any) -> None:
        if not self.is_within:
            self.script.append((act.__name__, choices))
        outer, self.is_within = self.is_within, True  # a rule may be made of others
        act(self, **choices)
        self.is_within = outer

    return play


class Histories(RuleBasedStateMachine):
    """A till, its customers, our processes, Alipay and the network between, in any order."""

    person: Person
    principal: Principal
    reached: Counter[str]
    played: list[
        tuple[float, float]
    ]  # when each history was judged, and this process's CPU by then

    def __init__(self) -> None:
        super().__init__()
        self.script: list[tuple[str, dict[str, Any]]] = []
        self.looked: list[list[Seen]] = []
        self.is_within = False
        self.opened = ExitStack()
        clock = ManualClock(START)
        self.opened.enter_context(using_clock(clock))
        bits = itertools.count(FIRST_BITS)
        self.opened.enter_context(ids.using_random_bits(lambda _: next(bits)))
        accounts._known.clear()
        self.world = World(self.person, self.principal, clock, self.begin())
        gateways._kept.clear()
        gateways.build_connector = lambda *_: self.world.alipay  # type: ignore[attr-defined]
        background.start = self.world.defer
        self.laws = Laws(self.world)

    @initialize(
        stops_unseen=st.booleans(),
        mood=MOODS,
        faults=FAULTS,
        refunded=st.none() | st.integers(1, 100),
    )
    @noted
    def begin_with_a_scan(
        self, stops_unseen: bool, mood: Mood, faults: list[Fault], refunded: int | None
    ) -> None:
        """Every history has a payment, many a refund of it; what Alipay does with an unknown id's
        cancel is open."""
        self.world.alipay.stops_unseen = stops_unseen
        self.scan(minor=100, mood=mood, has_key=False, faults=faults, at_once=True)
        if refunded is not None:
            self.world.refund(len(self.world.orders), refunded, None)
            self._under([], at_once=True)

    @initialize(then=st.sampled_from(["confirm", "refuse", None]), faults=FAULTS)
    @noted
    def begin_with_a_code(self, then: str | None, faults: list[Fault]) -> None:
        self.show(minor=100, timeout=None, has_key=False, faults=[], at_once=True)
        self.scan_the_tills(then=then)
        self.world.alipay.weather.extend(faults)

    @rule(
        minor=st.integers(1, 500),
        mood=MOODS,
        has_key=st.booleans(),
        faults=FAULTS,
        at_once=st.booleans(),
    )
    @noted
    def scan(
        self, minor: int, mood: Mood, has_key: bool, faults: list[Fault], at_once: bool
    ) -> None:
        if len(self.world.orders) < 3:
            self.world.create(self.world.order(minor, mood, has_key=has_key))
            self._under(faults, at_once)

    @rule(
        minor=st.integers(1, 500),
        timeout=st.sampled_from([None, 10, 61]),
        has_key=st.booleans(),
        faults=FAULTS,
        at_once=st.booleans(),
    )
    @noted
    def show(
        self, minor: int, timeout: int | None, has_key: bool, faults: list[Fault], at_once: bool
    ) -> None:
        if len(self.world.orders) < 3:
            self.world.create(self.world.order_to_show(minor, timeout, has_key=has_key))
            self._under(faults, at_once)

    def _under(self, faults: list[Fault], at_once: bool) -> None:
        self.world.alipay.weather.extend(faults)
        if at_once:
            self.world.run_work(-1)

    @rule(then=st.sampled_from(["confirm", "refuse", None]))
    @noted
    def scan_the_tills(self, then: str | None) -> None:
        for number in range(1, len(self.world.orders) + 1):
            self.world.scan(number)
        if then is not None:
            self.customer(does=then)

    @rule(number=NUMBERS, is_same=st.booleans())
    @noted
    def repeat(self, number: int, is_same: bool) -> None:
        if number <= len(self.world.orders):
            if is_same:
                self.world.create(self.world.orders[number - 1])
            else:
                self.world.reuse(number)

    @rule(number=NUMBERS, faults=FAULTS, at_once=st.booleans())
    @noted
    def cancel(self, number: int, faults: list[Fault], at_once: bool) -> None:
        self.world.cancel(number)
        self._under(faults, at_once)

    @rule(
        number=NUMBERS,
        minor=st.none() | st.integers(1, 200),
        reference=st.none() | st.sampled_from(["A", "B"]),
        key=st.none() | st.just("k"),
        faults=FAULTS,
        at_once=st.booleans(),
    )
    @noted
    def refund(
        self,
        number: int,
        minor: int | None,
        reference: str | None,
        key: str | None,
        faults: list[Fault],
        at_once: bool,
    ) -> None:
        self.world.refund(number, minor, reference, key)
        self._under(faults, at_once)

    @rule(seconds=WAITS, faults=FAULTS)
    @noted
    def wait_and_work(self, seconds: float, faults: list[Fault]) -> None:
        self.world.alipay.weather.extend(faults)
        self.world.advance(seconds)
        self.world.drive_due()

    @rule(index=st.none() | st.integers(0, 3))
    @noted
    def work(self, index: int | None) -> None:
        """One background job runs, or its process dies with all of them."""
        if index is None:
            self.world.lose_work()
        else:
            self.world.run_work(index)

    @rule(does=st.sampled_from(["confirm", "refuse", "arrive"]))
    @noted
    def customer(self, does: str) -> None:
        getattr(self.world.alipay, does)()

    @rule(
        what=st.sampled_from(["lease", "scan", "confirm", "cancel", "refund", "work"]),
        number=NUMBERS,
    )
    @noted
    def cross(self, what: str, number: int) -> None:
        """While the next call's answer is on its way: somebody else acts."""
        world = self.world

        def lease() -> None:
            world.clock.advance(10)
            world.drive_due()

        acts = {
            "lease": lease,
            "scan": lambda: world.scan(number),
            "confirm": world.alipay.confirm,
            "cancel": lambda: world.cancel(number),
            "refund": lambda: world.refund(number, None, None),
            "work": world.run_work,
        }
        world.alipay.meanwhile.append(acts[what])

    @rule(
        number=NUMBERS,
        state=st.sampled_from(["now", "TRADE_SUCCESS", "TRADE_CLOSED"]),
        kind=st.sampled_from(["new", "forged", "again"]),
    )
    @noted
    def notify(self, number: int, state: str, kind: str) -> None:
        if kind == "again":
            self.world.notify_again()
        else:
            self.world.notify(number, state, is_forged=kind == "forged")

    @rule(is_up=st.booleans())
    @noted
    def scheme(self, is_up: bool) -> None:
        self.world.alipay.is_up = is_up

    @invariant()
    @noted
    def the_laws_hold(self) -> None:
        self.looked.append(self.laws.hold())

    def begin(self) -> Rows:
        """The empty store of a new history."""
        raise NotImplementedError

    def judge(self) -> None:
        """The world comes to rest, and both books are compared."""
        self.world.settle()
        self.reached.update(self.laws.hold_at_the_end())
        self.played.append((time(), process_time()))

    def teardown(self) -> None:
        with self.opened:
            self.judge()

    @classmethod
    def start_anew(cls, person: Person, principal: Principal) -> None:
        """Nothing was played yet; the people are these."""
        cls.person, cls.principal = person, principal
        cls.reached, cls.played = Counter(), []


# What sixty histories come to: less, and the machine above no longer plays what it should.
REACHED = {
    *(f"{mode} {end}" for mode in ("payment_code", "merchant_qr") for end in sorted(ENDED)),
    "refund succeeded",
}
each_half = pytest.mark.parametrize(
    "half", [pytest.param(half, marks=pytest.mark.xdist_group(f"half {half}")) for half in HALVES]
)
