"""Time passes by itself, and goes on passing when one look at it failed."""

import threading
from pathlib import Path

import pytest

from sandbox.clock import ManualClock
from sandbox.server import Serving
from sandbox.storage import Storage
from sandbox.ticker import Ticker
from tests.sandbox.till import PARTNER, Till


def test_a_tick_that_failed_does_not_stop_the_clockwork(
    tmp_path: Path,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    storage, again = Storage(tmp_path), threading.Event()
    ticker = Ticker(storage, clock, tick_seconds=0.001)
    ticks = iter([OSError("disk full")])

    def tick() -> None:
        for failure in ticks:
            raise failure
        again.set()

    monkeypatch.setattr(ticker, "tick", tick)
    ticker.start()

    assert again.wait(30)
    ticker.stop()
    storage.close()
    assert "the next tick tries again" in caplog.text


def test_an_unpaid_trade_closes_though_nobody_asks(
    box: Serving, till: Till, clock: ManualClock
) -> None:
    till.pay(till.magic("never_confirms"), "1.00", "TG1")
    ticker = Ticker(box.gateway.storage, clock)
    clock.advance(180)

    ticker.tick()

    row = box.gateway.storage.one("SELECT state FROM trade WHERE partner = ?", PARTNER)
    assert row is not None
    assert row["state"] == "TRADE_CLOSED"
