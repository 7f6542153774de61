"""The books balance after any history, and a restart or a kill -9 keeps them."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import cancels, refunds, trades
from sandbox.clock import ManualClock
from sandbox.control.books import books
from sandbox.customers import create_customer, show_code
from sandbox.faults import NONE
from sandbox.readings import Readings
from sandbox.server import serving
from sandbox.storage import Storage
from tests.sandbox.conftest import NOON
from tests.sandbox.till import PARTNER, Till

_CURRENCIES = ("HKD", "JPY", "IDR", "CNY")
_NUMBERS = st.integers(0, 3)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), _NUMBERS, st.integers(1, 30_000), st.sampled_from(_CURRENCIES)),
        st.tuples(st.just("confirm"), _NUMBERS, st.just(0), st.just("")),
        st.tuples(st.just("cancel"), _NUMBERS, st.just(0), st.just("")),
        st.tuples(st.just("refund"), _NUMBERS, st.integers(1, 30_000), st.sampled_from("YN")),
        st.tuples(st.just("wait"), _NUMBERS, st.integers(1, 90_000), st.just("")),
    ),
    max_size=25,
)


class _History:
    """One sandbox without HTTP: the rules and the money alone."""

    def __init__(self, folder: Path) -> None:
        self.storage, self.clock = Storage(folder), ManualClock(NOON)
        self.refunds = 0
        with self.storage.writing() as rows:
            rows.execute("INSERT INTO partner VALUES (?, 'MD5', '', 'k', '[]', 1)", (PARTNER,))
            self.customers = [
                create_customer(rows, name=name, balance_fen=40_000, asks_password=asks)
                for name, asks in (("quick", False), ("careful", True))
            ]

    def step(self, what: str, number: int, size: int, word: str) -> None:
        now = self.clock.now()
        with self.storage.writing() as rows:
            partner = rows.execute("SELECT * FROM partner").fetchone()
            trade = trades.find_trade(rows, PARTNER, f"T{number}", now)
            if what == "wait":
                self.clock.advance(size)
                trades.settle_time(rows, self.clock.now())
                refunds.run_batch(rows, self.clock.now())
            elif what == "pay":
                customer = self.customers[number % 2]
                code, _ = show_code(rows, customer, digits=18, now=now)
                if trade is not None:
                    code = trade["code"]
                trades.pay(rows, partner, _pay(number, size, word, code), NONE, now, Readings())
            elif what == "confirm" and trade is not None:
                trades.confirm(rows, trade["id"], now)
            elif what == "cancel":
                asked = {"out_trade_no": f"T{number}"}
                cancels.cancel(rows, partner, asked, now, Readings())
            elif what == "refund" and trade is not None:
                self.refunds += 1
                refunds.refund(
                    rows, partner, _refund(trade, size, word, self.refunds), now, Readings()
                )

    def check(self) -> None:
        """Every fen that left a wallet stands in the books, trade by trade and in all."""
        kept = books(self.storage, PARTNER, 0, 1e12)
        moved = self._sum("SELECT sum(opening_fen - balance_fen) FROM customer")
        assert moved == kept["money_taken_fen"] - kept["money_given_back_fen"]
        for trade in self.storage.all("SELECT * FROM trade"):
            taken = trade["cny_fen"] if trade["paid_at"] else 0
            assert 0 <= trade["given_back_fen"] <= taken
            assert 0 <= trade["refunded_minor"] <= trade["amount_minor"]
            if trade["state"] == "TRADE_SUCCESS":
                assert trade["paid_at"]
            if trade["state"] == "TRADE_CLOSED":
                assert trade["given_back_fen"] == taken

    def _sum(self, sql: str) -> int:
        row = self.storage.one(sql)
        return int((row and row[0]) or 0)


def _pay(number: int, size: int, currency: str, code: str) -> dict[str, str]:
    whole = str(size) if currency == "JPY" else f"{size // 100}.{size % 100:02d}"
    return {
        "partner_trans_id": f"T{number}",
        "currency": currency,
        "trans_amount": whole,
        "buyer_identity_code": code,
        "extend_info": '{"secondary_merchant_id":"M1","store_id":"S1"}',
    }


def _refund(trade: Any, size: int, is_sync: str, number: int) -> dict[str, str]:
    asked = _pay(0, size, trade["currency"], "")
    return {
        "partner_trans_id": trade["partner_trans_id"],
        "partner_refund_id": f"R{number}",
        "refund_amount": asked["trans_amount"],
        "currency": trade["currency"],
        "is_sync": is_sync,
    }


@contextmanager
def _history() -> Iterator[_History]:
    with tempfile.TemporaryDirectory() as folder:
        made = _History(Path(folder))
        try:
            yield made
        finally:
            made.storage.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_STEPS)
def test_the_books_balance_after_any_history(steps: list[tuple[str, int, int, str]]) -> None:
    with _history() as history:
        for step in steps:
            history.step(*step)
            history.check()


def test_a_restart_keeps_the_books(data: Path) -> None:
    with serving(data) as box, Till(box.url) as till:
        customer = till.customer()
        till.pay(till.code(customer), "120.50", "TG1")
        before = till.control("GET", "books")
    with serving(data) as box, Till(box.url) as till:
        assert till.control("GET", "books") == before
        assert till.query("TG1")["alipay_trans_status"] == "TRADE_SUCCESS"
        assert till.balance(customer) == 100_000 - 10_870


@contextmanager
def _process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``python -m sandbox`` on a free port, once it says that it is ready."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(folder)]
    source = str(Path(__file__).parents[2] / "platform")
    environ = os.environ | {"PYTHONPATH": source}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line.startswith("sandbox ready on http://127.0.0.1:"), line
            yield process, line.split()[-1]
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_keeps_its_books_however_it_ends(data: Path, number: signal.Signals) -> None:
    with _process(data) as (process, url), Till(url) as till:
        customer = till.customer()
        till.pay(till.code(customer), "120.50", "TG1")
        process.send_signal(number)
        assert process.wait(30) == (0 if number == signal.SIGTERM else -number)
    with _process(data) as (_, url), Till(url) as till:
        assert till.query("TG1")["alipay_trans_status"] == "TRADE_SUCCESS"
        assert till.balance(customer) == 100_000 - 10_870
