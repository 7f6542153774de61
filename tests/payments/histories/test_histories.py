"""Thousands of histories of payments, none of them thought up by a person.

All of one run stand in one transaction; each begins at a savepoint and is rolled back to it. Every
statement of the services reaches the real PostgreSQL, with its constraints, triggers and row-level
security. What this cannot show, rows locked by two connections, is test_races' matter.
"""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from time import perf_counter

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from psycopg._preparing import PrepareManager

from kernel.clock import ManualClock, using_clock
from ledger import accounts
from merchants import gateways
from merchants.authentication import Principal
from payments.services import background, carry
from payments.state import ENDED
from tests.conftest import START
from tests.factories.merchants import PartnerAccountFactory
from tests.factories.tenancy import AcquirerFactory
from tests.payments.conftest import principal_of
from tests.payments.histories.alipay import Fault, Mood
from tests.payments.histories.laws import Laws
from tests.payments.histories.profile import HALVES, HISTORIES
from tests.payments.histories.world import World
from tests.people import Person, make_person

# Seconds between two queries of a payment in doubt: a dozen more of them would tell no more.
RARELY = 30
NUMBERS = st.integers(1, 3)
# Most customers pay, and most days are fine: else nothing is ever there to be refunded.
MOODS = st.sampled_from([Mood.PAYS, Mood.PAYS, Mood.IS_ASKED, Mood.CANNOT])
FAULTS = st.just([]) | st.lists(st.sampled_from(Fault), max_size=3)
# Seconds: within an interval, past a lease, past a deadline, past a trade's life; a night begins.
WAITS = st.sampled_from([0.5, 3, 5, 9, 30, 60, 185, 3600, 34_000])


class Histories(RuleBasedStateMachine):
    """A till, its customers, our processes, Alipay and the network between, in any order."""

    person: Person
    principal: Principal
    reached: Counter[str]
    played: list[float]  # when each history had been judged

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()
        clock = ManualClock(START)
        self._open.enter_context(using_clock(clock))
        accounts._known.clear()
        self.world = World(self.person, self.principal, clock)
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
    def begin_with_a_code(self, then: str | None, faults: list[Fault]) -> None:
        self.show(minor=100, timeout=None, has_key=False, faults=[], at_once=True)
        self.scan_the_tills(then)
        self.world.alipay.weather.extend(faults)

    @rule(
        minor=st.integers(1, 500),
        mood=MOODS,
        has_key=st.booleans(),
        faults=FAULTS,
        at_once=st.booleans(),
    )
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
    def scan_the_tills(self, then: str | None) -> None:
        for number in range(1, len(self.world.orders) + 1):
            self.world.scan(number)
        if then is not None:
            self.customer(then)

    @rule(number=NUMBERS, is_same=st.booleans())
    def repeat(self, number: int, is_same: bool) -> None:
        if number <= len(self.world.orders):
            if is_same:
                self.world.create(self.world.orders[number - 1])
            else:
                self.world.reuse(number)

    @rule(number=NUMBERS, faults=FAULTS, at_once=st.booleans())
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
    def wait_and_work(self, seconds: float, faults: list[Fault]) -> None:
        self.world.alipay.weather.extend(faults)
        self.world.advance(seconds)
        self.world.drive_due()

    @rule(index=st.none() | st.integers(0, 3))
    def work(self, index: int | None) -> None:
        """One background job runs, or its process dies with all of them."""
        if index is None:
            self.world.lose_work()
        else:
            self.world.run_work(index)

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
        kind=st.sampled_from(["new", "forged", "again"]),
    )
    def notify(self, number: int, state: str, kind: str) -> None:
        if kind == "again":
            self.world.notify_again()
        else:
            self.world.notify(number, state, is_forged=kind == "forged")

    @rule(is_up=st.booleans())
    def scheme(self, is_up: bool) -> None:
        self.world.alipay.is_up = is_up

    @invariant()
    def the_laws_hold(self) -> None:
        self.laws.hold()

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.reached.update(self.laws.hold_at_the_end())
            self.played.append(perf_counter())
        finally:
            self._open.close()
            transaction.set_rollback(True)
            self._savepoint.__exit__(None, None, None)


@pytest.fixture
def histories(db: None, ids: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Alone with the database: every announcement and every task that is sent gets lost (law 7)."""
    # psycopg forgets its prepared statements at each rollback; one to a savepoint keeps them.
    monkeypatch.setattr(PrepareManager, "_should_discard", lambda *_: None)
    monkeypatch.setattr(gateways, "build_connector", None)
    monkeypatch.setattr(background, "start", None)
    monkeypatch.setattr("payments.services.wake.wake_driver", _lose)
    monkeypatch.setattr("payments.services.wake.announce_end", _lose)
    monkeypatch.setattr(carry, "take_place", _lose)
    monkeypatch.setattr(carry, "give_place_back", _lose)
    acquirer = AcquirerFactory()
    account = PartnerAccountFactory(acquirer=acquirer, query_interval_seconds=RARELY)
    Histories.person = make_person(acquirer, account)
    Histories.principal = principal_of(Histories.person)
    Histories.reached, Histories.played = Counter(), []
    gc.collect()
    gc.freeze()  # what Django and pytest have loaded is not searched again and again
    yield
    gc.unfreeze()
    accounts._known.clear()
    gateways._kept.clear()


def _lose(*_: object, **__: object) -> None:
    """The broker was emptied."""


# What sixty histories come to: less, and the machine above no longer plays what it should.
REACHED = {
    *(f"{mode} {end}" for mode in ("payment_code", "merchant_qr") for end in sorted(ENDED)),
    "refund succeeded",
}


@pytest.mark.usefixtures("histories")
@pytest.mark.parametrize(
    "half", [pytest.param(half, marks=pytest.mark.xdist_group(f"half {half}")) for half in HALVES]
)
def test_every_history_keeps_the_laws_of_the_money(half: int) -> None:
    run_state_machine_as_test(Histories, settings=HISTORIES)

    seconds = Histories.played[-1] - Histories.played[0]
    rate = 60 * len(Histories.played) / seconds
    print(f"{len(Histories.played)} histories in {seconds:.0f} s: {rate:.0f} a minute")
    print(*sorted(Histories.reached.items()), sep="\n")
    assert set(Histories.reached) >= REACHED
