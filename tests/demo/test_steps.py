"""The judging inside the steps: a driver that asks too soon, or books that differ, are seen."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from demo.checks import Check
from demo.scene import Scene
from demo.simulator import Call, Trade
from demo.steps.doubt import is_asked_until
from demo.steps.totals import are_equal_on_both_sides

START = datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC)
EXPIRES_AT = "2026-11-22T06:30:15.000Z"


def trade_with(queries: list[float], cancels: list[float]) -> Trade:
    """A trade that was paid for at START and asked about so many seconds later."""
    at = [("pay", 0.0), *(("query", second) for second in queries)]
    at += [("cancel", second) for second in cancels]
    calls = tuple(Call(service, START + timedelta(seconds=second), {}) for service, second in at)
    return Trade("TRADE_CLOSED", 12050, "HKD", 0, 0, calls)


def wrong(checks: list[Check]) -> list[str]:
    return [check.what for check in checks if not check.is_ok]


@pytest.mark.parametrize(
    ("queries", "cancels", "differing"),
    [
        ([3.0, 6.0, 9.0, 10.0], [10.1], []),
        ([3.1, 8.0, 10.0], [10.0001], []),
        ([3.0, 10.0], [10.1], ["queries"]),
        ([1.0, 4.0, 7.0, 10.0], [10.1], ["queries"]),
        ([3.0, 8.5, 10.0], [10.1], ["queries"]),
        ([10.0], [10.1], ["queries"]),
        ([3.0, 6.0, 9.0], [10.1], ["last query, after the deadline"]),
        ([3.0, 6.0, 9.0, 12.5], [12.6], ["last query, after the deadline"]),
        ([3.0, 6.0, 9.0, 10.0], [9.5], ["cancelled after it"]),
        ([3.0, 6.0, 9.0, 10.0], [], ["cancelled after it"]),
    ],
)
def test_the_driver_must_ask_every_3_s_then_at_the_deadline_then_cancel(
    queries: list[float], cancels: list[float], differing: list[str]
) -> None:
    checks = is_asked_until(EXPIRES_AT, trade_with(queries, cancels), 0.0)

    assert wrong(checks) == differing


def test_a_slow_machine_excuses_late_queries_and_never_early_ones() -> None:
    late = is_asked_until(EXPIRES_AT, trade_with([7.0, 10.0], [10.1]), 0.5)
    early = is_asked_until(EXPIRES_AT, trade_with([2.0, 5.0, 10.0], [10.1]), 1.0)

    assert wrong(late) == []
    assert wrong(early) == ["queries"]


def payment(status: str, *, amount_refunded: int = 0, fen: int = 10870) -> dict[str, Any]:
    return {
        "status": status,
        "amount": 12050,
        "amount_refunded": amount_refunded,
        "payer": {"amount": fen} if status == "succeeded" else None,
    }


PAYMENTS = [
    payment("succeeded"),
    payment("succeeded", amount_refunded=12050),
    payment("canceled"),
    payment("failed"),
]
BOOKS = {
    "trades": {
        "TRADE_SUCCESS": {"HKD": {"count": 1, "amount_minor": 12050}},
        "TRADE_CLOSED": {"HKD": {"count": 2, "amount_minor": 24100}},
    },
    "refunds": {"SUCCESS": {"count": 2, "amount_minor": 12050}},
    "money_taken_fen": 21740,
}


def compare(payments: list[dict[str, Any]], books: dict[str, Any]) -> list[str]:
    """What differs between these payments of ours and these books of Alipay."""
    scene = SimpleNamespace(
        till=SimpleNamespace(list_payments=lambda: iter(payments)),
        simulator=SimpleNamespace(books=lambda: books),
        voice=SimpleNamespace(say=lambda text: None),
    )
    return wrong(are_equal_on_both_sides(cast(Scene, scene)))


def test_books_that_tell_the_same_day_are_equal() -> None:
    assert compare(PAYMENTS, BOOKS) == []


@pytest.mark.parametrize(
    ("change", "differing"),
    [
        ({"money_taken_fen": 21741}, ["wallets paid, fen"]),
        ({"refunds": {"SUCCESS": {"count": 1, "amount_minor": 5000}}}, ["refunded"]),
        ({"trades": {}}, ["TRADE_CLOSED", "TRADE_SUCCESS"]),
        (
            {
                "trades": BOOKS["trades"]
                | {"WAIT_BUYER_PAY": {"HKD": {"count": 1, "amount_minor": 9}}}
            },
            ["WAIT_BUYER_PAY"],
        ),
    ],
)
def test_a_difference_at_alipay_is_seen(change: dict[str, Any], differing: list[str]) -> None:
    assert compare(PAYMENTS, BOOKS | change) == differing


def test_a_payment_that_we_call_failed_and_alipay_took_is_seen() -> None:
    ours = [payment("failed"), *PAYMENTS[1:]]

    assert compare(ours, BOOKS) == ["TRADE_SUCCESS", "wallets paid, fen"]
