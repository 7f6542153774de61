"""The last step: both sides add up the day, each from its own books."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from demo.checks import Check, same
from demo.scene import CURRENCY, Scene

# Alipay's word for what our payment became. A failed one never became a trade there.
_STATE = {"succeeded": "TRADE_SUCCESS", "canceled": "TRADE_CLOSED", "processing": "WAIT_BUYER_PAY"}
_STATES = sorted(set(_STATE.values()))


def are_equal_on_both_sides(scene: Scene) -> list[Check]:
    """Step 10."""
    payments = list(scene.till.list_payments())
    books = scene.simulator.books()
    scene.voice.say(f"ours: {_by_status(payments)}")
    counts, sums = _ours(payments)
    taken = sum(payment["payer"]["amount"] for payment in payments if _is_paid(payment))
    return [
        *(
            same(state, _line(counts[state], sums[state]), _alipays(books["trades"], state))
            for state in _STATES
        ),
        same("refunded", sum(_refunded(payments)), _sum_of_refunds(books["refunds"])),
        same("wallets paid, fen", taken, books["money_taken_fen"]),
    ]


def _ours(payments: Iterable[dict[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for payment in payments:
        if (state := _state(payment)) is not None:
            counts[state] += 1
            sums[state] += payment["amount"]
    return counts, sums


def _is_paid(payment: dict[str, Any]) -> bool:
    return bool(payment["status"] == "succeeded")


def _state(payment: dict[str, Any]) -> str | None:
    if payment["status"] == "succeeded" and payment["amount_refunded"] == payment["amount"]:
        return "TRADE_CLOSED"  # Alipay closes a trade of which nothing is left
    return _STATE.get(payment["status"])


def _refunded(payments: Iterable[dict[str, Any]]) -> list[int]:
    return [payment["amount_refunded"] for payment in payments]


def _by_status(payments: Iterable[dict[str, Any]]) -> str:
    found = Counter(payment["status"] for payment in payments)
    return ", ".join(f"{count} {status}" for status, count in sorted(found.items()))


def _line(count: int, amount_minor: int) -> str:
    return f"{count} of {amount_minor}"


def _alipays(trades: dict[str, Any], state: str) -> str:
    found = trades.get(state, {}).get(CURRENCY, {"count": 0, "amount_minor": 0})
    return _line(found["count"], found["amount_minor"])


def _sum_of_refunds(refunds: dict[str, Any]) -> int:
    """Amounts of every refund that Alipay took on, whatever its state: none may be ours unknown."""
    return sum(kept["amount_minor"] for kept in refunds.values())
