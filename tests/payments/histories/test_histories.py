"""Thousands of histories of payments, none of them thought up by a person.

All of one run stand in one transaction; each begins at a savepoint and is rolled back to it. Every
statement of the services reaches the real PostgreSQL, with its constraints, triggers and row-level
security. What this cannot show, rows locked by two connections, is test_races' matter.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kernel.clock import ManualClock, using_clock
from ledger import accounts
from merchants import gateways
from payments.services import background, carry
from tests.conftest import START
from tests.payments.conftest import principal_of
from tests.payments.histories.alipay import Fault, Mood
from tests.payments.histories.laws import Laws
from tests.payments.histories.profile import HISTORIES
from tests.payments.histories.world import World
from tests.people import Person, make_person

NUMBERS = st.integers(1, 3)
FAULTS = st.lists(st.sampled_from(Fault), max_size=3)
# Seconds: within an interval, past a lease, past a deadline, past a trade's life; a night begins.
WAITS = st.sampled_from([0.5, 3, 5, 9, 30, 60, 185, 3600, 34_000])


class Histories(RuleBasedStateMachine):
    """A till, its customers, our processes, Alipay and the network between, in any order."""

    person: Person

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()
        clock = ManualClock(START)
        self._open.enter_context(using_clock(clock))
        accounts._known.clear()
        self.world = World(self.person, principal_of(self.person), clock)
        gateways._kept.clear()
        gateways.build_connector = lambda *_: self.world.alipay  # type: ignore[attr-defined]
        background.start = self.world.defer
        self.laws = Laws(self.world)

    @rule(
        minor=st.integers(1, 500), mood=st.sampled_from(Mood), faults=FAULTS, at_once=st.booleans()
    )
    def scan(self, minor: int, mood: Mood, faults: list[Fault], at_once: bool) -> None:
        if len(self.world.orders) < 3:
            self.world.create(self.world.order(minor, mood))
            self.world.alipay.weather.extend(faults)
            if at_once:
                self.world.run_work(-1)

    @rule(
        minor=st.integers(1, 500),
        timeout=st.sampled_from([None, 10, 61]),
        faults=FAULTS,
        at_once=st.booleans(),
    )
    def show(self, minor: int, timeout: int | None, faults: list[Fault], at_once: bool) -> None:
        if len(self.world.orders) < 3:
            self.world.create(self.world.order_to_show(minor, timeout))
            self.world.alipay.weather.extend(faults)
            if at_once:
                self.world.run_work(-1)

    @rule(pays=st.booleans())
    def scan_the_tills(self, pays: bool) -> None:
        for number in range(1, len(self.world.orders) + 1):
            self.world.scan(number)
        if pays:
            self.world.alipay.confirm()

    @rule(number=NUMBERS)
    def repeat(self, number: int) -> None:
        if number <= len(self.world.orders):
            self.world.create(self.world.orders[number - 1])

    @rule(number=NUMBERS, faults=FAULTS, at_once=st.booleans())
    def cancel(self, number: int, faults: list[Fault], at_once: bool) -> None:
        self.world.cancel(number)
        self.world.alipay.weather.extend(faults)
        if at_once:
            self.world.run_work(-1)

    @rule(
        number=NUMBERS,
        minor=st.none() | st.integers(1, 200),
        reference=st.none() | st.sampled_from(["A", "B"]),
        faults=FAULTS,
        at_once=st.booleans(),
    )
    def refund(
        self,
        number: int,
        minor: int | None,
        reference: str | None,
        faults: list[Fault],
        at_once: bool,
    ) -> None:
        self.world.refund(number, minor, reference)
        self.world.alipay.weather.extend(faults)
        if at_once:
            self.world.run_work(-1)

    @rule(seconds=WAITS, faults=FAULTS)
    def wait_and_work(self, seconds: float, faults: list[Fault]) -> None:
        self.world.alipay.weather.extend(faults)
        self.world.advance(seconds)
        self.world.drive_due()

    @rule(index=st.integers(0, 3))
    def work(self, index: int) -> None:
        self.world.run_work(index)

    @rule()
    def process_dies(self) -> None:
        self.world.lose_work()

    @rule(does=st.sampled_from(["confirm", "refuse", "arrive"]))
    def customer(self, does: str) -> None:
        getattr(self.world.alipay, does)()

    @rule(
        what=st.sampled_from(["lease", "scan", "confirm", "cancel", "refund", "work"]),
        number=NUMBERS,
    )
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
        is_forged=st.booleans(),
    )
    def notify(self, number: int, state: str, is_forged: bool) -> None:
        self.world.notify(number, state, is_forged=is_forged)

    @rule(is_up=st.booleans())
    def scheme(self, is_up: bool) -> None:
        self.world.alipay.is_up = is_up

    @invariant()
    def the_laws_hold(self) -> None:
        self.laws.hold()

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.laws.hold_at_the_end()
        finally:
            self._open.close()
            transaction.set_rollback(True)
            self._savepoint.__exit__(None, None, None)


@pytest.fixture
def histories(db: None, ids: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Alone with the database: every announcement and every task that is sent gets lost (law 7)."""
    monkeypatch.setattr(gateways, "build_connector", None)
    monkeypatch.setattr(background, "start", None)
    monkeypatch.setattr("payments.services.wake.wake_driver", _lose)
    monkeypatch.setattr("payments.services.wake.announce_end", _lose)
    monkeypatch.setattr(carry, "take_place", _lose)
    monkeypatch.setattr(carry, "give_place_back", _lose)
    Histories.person = make_person()
    yield
    accounts._known.clear()
    gateways._kept.clear()


def _lose(*_: object, **__: object) -> None:
    """The broker was emptied."""


@pytest.mark.usefixtures("histories")
def test_every_history_keeps_the_laws_of_the_money() -> None:
    run_state_machine_as_test(Histories, settings=HISTORIES)
