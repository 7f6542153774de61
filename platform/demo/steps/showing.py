"""The step in which the till shows a code and the customer scans it."""

from demo.checks import Check, same
from demo.scene import Scene
from demo.steps.doubt import is_in_doubt


def is_paid_by_scanning_the_tills_code(scene: Scene) -> list[Check]:
    """Step 9. Asked twice for the same sale, the till shows one code; it is paid once."""
    customer = scene.customer("Gina")
    order = scene.order_to_show("9")
    answer = scene.till.charge(order, wait_seconds=20)
    payment_id, qr_code = answer.body["id"], answer.body["qr_code"] or ""
    scene.voice.show_qr(qr_code)
    again = scene.till.charge(order, wait_seconds=20)
    scene.voice.say("the customer scans it and pays")
    scene.simulator.scan(customer, qr_code)
    payment = scene.await_end(order, payment_id, until="paid")
    trade = scene.simulator.trade(payment_id)
    return [
        *is_in_doubt(answer),
        same("there is a code", True, qr_code.startswith("https://qr.alipay.com/")),
        same("HTTP of the repeat", 200, again.status),
        same("the repeat's code is the same", True, again.body["qr_code"] == qr_code),
        same("payment", "succeeded", payment["status"]),
        same("Alipay", "TRADE_SUCCESS", trade.state),
        same("codes made by Alipay", 1, len(trade.times_of("precreate"))),
        same("wallet paid, fen", payment["payer"]["amount"], scene.taken_from(customer)),
    ]
