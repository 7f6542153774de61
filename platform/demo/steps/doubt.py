"""Steps that wait: a password typed, a password never typed, an answer that was lost."""

from datetime import datetime

from demo.answer import Answer
from demo.checks import Check, between, same, spaced
from demo.scene import Scene
from demo.simulator import Trade

SHORT_DEADLINE_SECONDS = 10  # the shortest allowed: nobody wants to watch the usual 30
QUERY_EVERY_SECONDS = 3.0  # after Alipay's last answer (law 3)
_EARLY_SECONDS = 0.1  # a timer may fire a moment early
_LATE_SECONDS = 2.0
_LATE_FACTOR = 10  # a machine that keeps us waiting keeps the driver waiting too, at every hop


def is_paid_with_a_password(scene: Scene) -> list[Check]:
    """Step 3."""
    customer = scene.customer("Carl", asks_password=True)
    order = scene.order("3", scene.simulator.show_code(customer))
    answer = scene.till.charge(order, wait_seconds=1)
    payment_id = answer.body["id"]
    asked = scene.simulator.trade(payment_id)
    scene.voice.say("the customer types the password")
    scene.simulator.confirm(payment_id)
    payment = scene.await_end(order, payment_id, until="paid")
    return [
        *is_in_doubt(answer),
        same("Alipay waits", "WAIT_BUYER_PAY", asked.state),
        same("payment", "succeeded", payment["status"]),
        same("wallet paid, fen", payment["payer"]["amount"], scene.taken_from(customer)),
    ]


def is_canceled_at_the_deadline(scene: Scene) -> list[Check]:
    """Step 4."""
    customer = scene.customer("Dora", asks_password=True)
    code = scene.simulator.show_code(customer)
    order = scene.order("4", code, timeout_seconds=SHORT_DEADLINE_SECONDS)
    answer = scene.till.charge(order, wait_seconds=0)
    payment_id = answer.body["id"]
    payment = scene.await_end(order, payment_id, until="paid, or cancelled")
    trade = scene.simulator.trade(payment_id)
    return [
        *is_in_doubt(answer),
        *is_asked_until(payment["expires_at"], trade, scene.slowest_seconds),
        same("payment", "canceled", payment["status"]),
        same("failure", "payer_action_timeout", payment["failure"]["code"]),
        same("Alipay", "TRADE_CLOSED", trade.state),
        same("wallet paid, fen", 0, scene.taken_from(customer)),
    ]


def is_found_by_query(scene: Scene) -> list[Check]:
    """Step 5."""
    customer = scene.customer("Emil")
    code = scene.simulator.show_code(customer)
    scene.simulator.plan_fault("answer_lost", service="pay", payment_code=code)
    order = scene.order("5", code)
    answer = scene.till.charge(order, wait_seconds=0)
    payment = scene.await_end(order, answer.body["id"], until="found")
    trade = scene.simulator.trade(answer.body["id"])
    return [
        *is_in_doubt(answer),
        same("payment", "succeeded", payment["status"]),
        same("pays at Alipay", 1, len(trade.times_of("pay"))),
        same("queried", True, bool(trade.times_of("query"))),
        same("cancels at Alipay", 0, len(trade.times_of("cancel"))),
        same("wallet paid, fen", payment["payer"]["amount"], scene.taken_from(customer)),
    ]


def is_in_doubt(answer: Answer) -> list[Check]:
    """The till is told to ask again, where, and when."""
    where = f"/v1/payments/{answer.body['id']}"
    return [
        same("HTTP", 202, answer.status),
        same("at first", "processing", answer.body["status"]),
        same("Location is the payment's", True, answer.headers.get("Location") == where),
        same("Retry-After", "3", answer.headers.get("Retry-After", "missing")),
    ]


def is_asked_until(expires_at: str, trade: Trade, slowest_seconds: float) -> list[Check]:
    """Queried every 3 s, once more at the deadline, and only then cancelled.

    The driver may be late by what this machine makes everybody wait; it may never be early.
    """
    (paid_at,) = trade.times_of("pay")
    queries, cancels = trade.times_of("query"), trade.times_of("cancel")
    late = queries[-1] - datetime.fromisoformat(expires_at).timestamp()
    allowed = round(_LATE_SECONDS + _LATE_FACTOR * slowest_seconds, 1)
    gaps = (QUERY_EVERY_SECONDS - _EARLY_SECONDS, QUERY_EVERY_SECONDS + allowed)
    # The last query belongs to the deadline, so it may come sooner than the rhythm says.
    return [
        spaced("queries", *gaps, [paid_at, *queries]),
        between("last query, after the deadline", -_EARLY_SECONDS, allowed, late, unit=" s"),
        same("cancelled after it", True, bool(cancels) and cancels[0] > queries[-1]),
    ]
