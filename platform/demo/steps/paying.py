"""Steps whose answer is known at once: paid, repeated, refused, invisible to others, given back."""

from demo.checks import Check, same
from demo.scene import AMOUNT_MINOR, Sale, Scene

FIRST_SALE = "paid at once"
EXPIRED_SENTENCE = {
    "en": "The code has expired. Ask the customer to refresh it, then scan again.",
    "zh-Hant": "付款碼已過期。請顧客更新付款碼後重新掃描。",
}
_PARTIAL_REFUND_MINOR = 5000


def is_paid_at_once(scene: Scene) -> list[Check]:
    """Step 1. A till that is switched on asks first where it may sell."""
    stores = scene.till.stores()
    customer = scene.customer("Ada")
    order = scene.order("1", scene.simulator.show_code(customer))
    answer = scene.till.charge(order, wait_seconds=20)
    scene.sales[FIRST_SALE] = Sale(customer, order, answer.body)
    trade = scene.simulator.trade(answer.body["id"])
    return [
        same("the key's stores", scene.stage.store, ", ".join(stores)),
        same("HTTP", 201, answer.status),
        same("payment", "succeeded", answer.body["status"]),
        same("Alipay", "TRADE_SUCCESS", trade.state),
        same("amount at Alipay", AMOUNT_MINOR, trade.amount_minor),
        same("wallet paid, fen", answer.body["payer"]["amount"], scene.taken_from(customer)),
    ]


def is_the_same_payment(scene: Scene) -> list[Check]:
    """Step 2."""
    first = scene.sales[FIRST_SALE]
    taken = scene.taken_from(first.customer)
    answer = scene.till.charge(first.order, wait_seconds=20)
    trade = scene.simulator.trade(first.payment["id"])
    return [
        same("HTTP", 200, answer.status),
        same("Idempotent-Replayed", "true", answer.headers.get("Idempotent-Replayed", "missing")),
        same("the same id", True, answer.body["id"] == first.payment["id"]),
        same("pays at Alipay", 1, len(trade.times_of("pay"))),
        same("wallet paid more, fen", 0, scene.taken_from(first.customer) - taken),
    ]


def is_refused_as_expired(scene: Scene) -> list[Check]:
    """Step 6."""
    customer = scene.customer("Flora")
    code = scene.simulator.show_code(customer)
    scene.simulator.plan_fault("expired_code", service="pay", payment_code=code)
    answer = scene.till.charge(scene.order("6", code), wait_seconds=20)
    failure = answer.body["failure"]
    chinese = scene.till.read(answer.body["id"], language="zh-Hant").body["failure"]
    scene.voice.say(f"the cashier reads: {failure['cashier_message']}")
    return [
        same("HTTP", 201, answer.status),
        same("payment", "failed", answer.body["status"]),
        same("failure", "payment_code_expired", failure["code"]),
        same("cashier", EXPIRED_SENTENCE["en"], failure["cashier_message"]),
        same("in Chinese", EXPIRED_SENTENCE["zh-Hant"], chinese["cashier_message"]),
        same("wallet paid, fen", 0, scene.taken_from(customer)),
    ]


def is_hidden_from_others(scene: Scene) -> list[Check]:
    """Step 7."""
    first = scene.sales[FIRST_SALE]
    payment_id = first.payment["id"]
    taken = scene.taken_from(first.customer)
    answers = {
        "reads": scene.rival.read(payment_id),
        "cancels": scene.rival.cancel(payment_id),
        "refunds": scene.rival.refund(payment_id, {}),
    }
    seen = [payment["id"] for payment in scene.rival.list_payments()]
    ours = scene.till.look(payment_id)
    return [
        *(same(f"another key {verb} it", 404, answer.status) for verb, answer in answers.items()),
        same("payments in its list", 0, len(seen)),
        same("ours is still", "succeeded", ours["status"]),
        same("wallet moved, fen", 0, scene.taken_from(first.customer) - taken),
    ]


def is_given_back(scene: Scene) -> list[Check]:
    """Step 8."""
    first = scene.sales[FIRST_SALE]
    payment_id = first.payment["id"]
    part = scene.till.refund(payment_id, {"amount": _PARTIAL_REFUND_MINOR, "reason": "one dish"})
    after_part = scene.till.look(payment_id)
    rest = scene.till.refund(payment_id, {})
    after_rest = scene.till.look(payment_id)
    trade = scene.simulator.trade(payment_id)
    return [
        same("HTTP of the part", 201, part.status),
        same("part", "succeeded", part.body["status"]),
        same("refunded then", _PARTIAL_REFUND_MINOR, after_part["amount_refunded"]),
        same("HTTP of the rest", 201, rest.status),
        same("rest", AMOUNT_MINOR - _PARTIAL_REFUND_MINOR, rest.body["amount"]),
        same("refunded at the end", AMOUNT_MINOR, after_rest["amount_refunded"]),
        same("Alipay", "TRADE_CLOSED", trade.state),
        same("wallet is down by, fen", 0, scene.taken_from(first.customer)),
    ]
