"""Alipay's own acceptance cases, SPOT/Case-001 to 006 (reference barcode §7.4), through the API.

Case 001 is as Alipay documents it; the others are our reading of what Alipay leaves unpublished.
"""

from collections.abc import Sequence
from typing import Any

from demo.checks import Check, same
from demo.play import Step
from demo.scene import Scene
from demo.simulator import Trade
from demo.steps.doubt import SHORT_DEADLINE_SECONDS, is_asked_until

_LATE_SECONDS = 20  # a pay is given up after 15


def direct_payment(scene: Scene) -> Sequence[Check]:
    """001: paid, and the request named store and secondary merchant."""
    code = scene.simulator.show_code(scene.customer("Case 001"))
    return _is_paid_directly(scene, scene.order("001", code))


def code_of_24_digits(scene: Scene) -> Sequence[Check]:
    """002: as 001, with the longest payment code."""
    code = scene.simulator.show_code(scene.customer("Case 002"), digits=24)
    return [same("digits", 24, len(code)), *_is_paid_directly(scene, scene.order("002", code))]


def password_asked(scene: Scene) -> Sequence[Check]:
    """003: polled to success while the customer types."""
    code = scene.simulator.show_code(scene.customer("Case 003", asks_password=True))
    order = scene.order("003", code)
    answer = scene.till.charge(order, wait_seconds=0)
    payment_id = answer.body["id"]
    scene.await_query(payment_id)
    scene.voice.say("the customer types the password")
    scene.simulator.confirm(payment_id)
    payment = scene.await_end(order, payment_id, until="paid")
    return [same("HTTP", 202, answer.status), *_ended_well(payment, scene)]


def customer_does_not_go_on(scene: Scene) -> Sequence[Check]:
    """004: cancelled, and the till shows failure."""
    customer = scene.customer("Case 004", asks_password=True)
    code = scene.simulator.show_code(customer)
    payment = _end_of(scene, scene.order("004", code, timeout_seconds=SHORT_DEADLINE_SECONDS))
    trade = scene.simulator.trade(payment["id"])
    return [
        same("till", "canceled", payment["status"]),
        same("cashier is told", True, bool(payment["failure"]["cashier_message"])),
        same("Alipay", "TRADE_CLOSED", trade.state),
        *is_asked_until(payment["expires_at"], trade, scene.slowest_seconds),
        same("wallet paid, fen", 0, scene.taken_from(customer)),
    ]


def system_error_returned(scene: Scene) -> Sequence[Check]:
    """005: Alipay says SYSTEM_ERROR although it took the money; the query finds out."""
    return _is_found_by_query(scene, "005", "system_error_paid")


def pay_times_out(scene: Scene) -> Sequence[Check]:
    """006: the answer to the pay comes later than anybody waits; the query finds out."""
    return _is_found_by_query(scene, "006", "slow", seconds=_LATE_SECONDS)


ACCEPTANCE = (
    Step("SPOT/Case-001 direct payment", direct_payment),
    Step("SPOT/Case-002 24-digit code", code_of_24_digits),
    Step("SPOT/Case-003 password asked", password_asked),
    Step("SPOT/Case-004 customer does not go on", customer_does_not_go_on),
    Step("SPOT/Case-005 SYSTEM_ERROR returned", system_error_returned),
    Step("SPOT/Case-006 pay times out", pay_times_out),
)


def _is_paid_directly(scene: Scene, order: dict[str, Any]) -> list[Check]:
    answer = scene.till.charge(order, wait_seconds=20)
    trade = scene.simulator.trade(answer.body["id"])
    sent = _sent_with_pay(trade)
    return [
        same("HTTP", 201, answer.status),
        *_ended_well(answer.body, scene),
        same("store_id", scene.stage.scheme_store_id, sent.get("store_id")),
        same(
            "secondary_merchant_id",
            scene.stage.scheme_merchant_id,
            sent.get("secondary_merchant_id"),
        ),
    ]


def _is_found_by_query(scene: Scene, name: str, fault: str, **more: Any) -> list[Check]:
    customer = scene.customer(f"Case {name}")
    code = scene.simulator.show_code(customer)
    scene.simulator.plan_fault(fault, service="pay", payment_code=code, **more)
    payment = _end_of(scene, scene.order(name, code, timeout_seconds=SHORT_DEADLINE_SECONDS))
    trade = scene.simulator.trade(payment["id"])
    return [
        *_ended_well(payment, scene),
        same("queried", True, bool(trade.times_of("query"))),
        same("pays at Alipay", 1, len(trade.times_of("pay"))),
        same("wallet paid, fen", payment["payer"]["amount"], scene.taken_from(customer)),
    ]


def _end_of(scene: Scene, order: dict[str, Any]) -> dict[str, Any]:
    answer = scene.till.charge(order, wait_seconds=0)
    return scene.await_end(order, answer.body["id"], until="ended")


def _ended_well(payment: dict[str, Any], scene: Scene) -> list[Check]:
    return [
        same("till", "succeeded", payment["status"]),
        same("Alipay", "TRADE_SUCCESS", scene.simulator.trade(payment["id"]).state),
    ]


def _sent_with_pay(trade: Trade) -> dict[str, str]:
    return next((call.extend_info for call in trade.calls if call.service == "pay"), {})
