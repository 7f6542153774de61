"""The people of the histories, a broker that loses everything, and the count of both layers."""

import gc
from collections.abc import Callable, Iterator

import pytest

from ledger import accounts
from merchants import gateways
from merchants.authentication import Principal
from payments.services import background, carry
from tests.factories.merchants import PartnerAccountFactory
from tests.factories.tenancy import AcquirerFactory
from tests.payments.conftest import principal_of
from tests.payments.histories.machine import RARELY, Histories
from tests.people import Person, make_person

_COUNTED = "histories"
Report = Callable[[str, object], None]


@pytest.fixture
def people(
    db: None, ids: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Person, Principal]]:
    """A merchant and its key; every announcement and every task that is sent gets lost (law 7)."""
    monkeypatch.setattr(gateways, "build_connector", None)
    monkeypatch.setattr(background, "start", None)
    monkeypatch.setattr("payments.services.wake.wake_driver", _lose)
    monkeypatch.setattr("payments.services.wake.announce_end", _lose)
    monkeypatch.setattr(carry, "take_place", _lose)
    monkeypatch.setattr(carry, "give_place_back", _lose)
    acquirer = AcquirerFactory()
    account = PartnerAccountFactory(acquirer=acquirer, query_interval_seconds=RARELY)
    person = make_person(acquirer, account)
    principal = principal_of(person)
    gc.collect()
    gc.freeze()  # what Django and pytest have loaded is not searched again and again
    yield person, principal
    gc.unfreeze()
    accounts._known.clear()
    gateways._kept.clear()


def _lose(*_: object, **__: object) -> None:
    """The broker was emptied."""


@pytest.fixture
def count(record_property: Report) -> Callable[[str, type[Histories]], None]:
    """Print what the histories came to, and add them to the sum at the end of the run."""

    def add(store: str, machine: type[Histories]) -> None:
        (began, idle), (ended, busy) = machine.played[0], machine.played[-1]
        record_property(_COUNTED, (store, len(machine.played), began, ended, busy - idle))
        print(*sorted(machine.reached.items()), sep="\n")

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many a minute, all processes of the run together."""
    found: dict[str, list[tuple[int, float, float, float]]] = {}
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", []):
            if name == _COUNTED and report.when == "call":
                found.setdefault(value[0], []).append(tuple(value[1:]))
    for store, parts in found.items():
        played, cpu = sum(part[0] for part in parts), sum(part[3] for part in parts)
        seconds = max(ended for _, _, ended, _ in parts) - min(began for _, began, _, _ in parts)
        rate = 60 * played / max(seconds, 0.001)
        took = f"in {seconds:.0f} s, {cpu:.0f} s of CPU"
        terminalreporter.write_line(f"{played} histories {store} {took}: {rate:.0f} a minute")
