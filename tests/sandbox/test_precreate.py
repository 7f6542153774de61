"""A till's code: from the order over the scan to the money (reference §4)."""

from pathlib import Path

import pytest
import requests
from lxml import etree

from sandbox.clock import ManualClock
from sandbox.readings import Readings
from sandbox.server import Serving, serving
from tests.sandbox.test_wallet import page, send_form
from tests.sandbox.till import Till, md5

FEN = 10870  # what HKD 120.50 costs in the wallet


def presented(till: Till, **more: str) -> tuple[str, str]:
    """An order that is shown: our id and the code."""
    trans_id = till.new_id()
    return trans_id, till.precreate(trans_id, **more)["qr_code"]


def test_a_precreate_answers_a_code_to_show_and_pictures_signed_with_a_bare_ampersand(
    till: Till,
) -> None:
    trans_id = till.new_id()

    answer = till.send(till.signed("precreate", **till.precreate_fields(trans_id)))

    said = {child.tag: child.text or "" for child in etree.fromstring(answer.content)[2][0]}
    key = said["qr_code"].removeprefix("https://qr.alipay.com/")
    picture = f"https://mobilecodec.alipay.com/show.htm?code={key}"
    assert key.startswith("bax")
    assert said == {
        "big_pic_url": f"{picture}&picSize=L",
        "out_trade_no": trans_id,
        "pic_url": f"{picture}&picSize=M",
        "qr_code": f"https://qr.alipay.com/{key}",
        "result_code": "SUCCESS",
        "small_pic_url": f"{picture}&picSize=S",
        "voucher_type": "qrcode",
    }
    assert b"&amp;picSize=L" in answer.content
    text = "&".join(f"{name}={said[name]}" for name in sorted(said))
    assert etree.fromstring(answer.content).findtext("sign") == md5(text)


def test_there_is_no_trade_before_the_scan_and_none_is_paid_by_it(till: Till) -> None:
    customer = till.customer()
    trans_id, code = presented(till)

    before = till.query(trans_id)
    scanned = till.scan(customer, code, pays=False)
    after = till.query(trans_id)

    assert (before["result_code"], before["error"]) == ("FAIL", "TRADE_NOT_EXIST")
    assert scanned["state"] == "WAIT_BUYER_PAY"
    assert (after["alipay_trans_status"], after["out_trade_no"]) == ("WAIT_BUYER_PAY", trans_id)
    assert till.balance(customer) == 100000


def test_the_customer_scans_and_pays_once(till: Till) -> None:
    customer = till.customer()
    trans_id, code = presented(till)

    paid = till.scan(customer, code, pays=True)
    again = till.scan(customer, code, pays=True, expected=409)

    assert paid["state"] == "TRADE_SUCCESS"
    assert again["error"] == "not paid: too late, or too little money"
    assert till.query(trans_id)["trans_amount"] == "120.50"
    assert till.balance(customer) == 100000 - FEN


def test_a_poor_customers_bill_waits_on(till: Till) -> None:
    customer = till.customer(1)
    trans_id, code = presented(till)

    till.scan(customer, code, pays=True, expected=409)

    assert till.query(trans_id)["alipay_trans_status"] == "WAIT_BUYER_PAY"
    assert till.balance(customer) == 100


def test_a_customer_who_refuses_closes_the_trade(till: Till) -> None:
    customer = till.customer()
    trans_id, code = presented(till)
    till.scan(customer, code, pays=False)

    till.control("POST", f"trades/2088000000000001/{trans_id}/refuse")

    assert till.query(trans_id)["alipay_trans_status"] == "TRADE_CLOSED"
    assert till.balance(customer) == 100000


def test_a_code_belongs_to_whoever_scans_it_first(till: Till) -> None:
    first, second = till.customer(), till.customer()
    _, code = presented(till)
    trade = till.scan(first, code, pays=False)["alipay_trans_id"]

    refused = till.scan(second, code, pays=True, expected=409)
    again = till.scan(first, code, pays=False)

    assert refused["error"] == "somebody else has scanned this code"
    assert again["alipay_trans_id"] == trade
    assert till.balance(second) == 100000


def test_a_code_is_over_when_its_minutes_are(till: Till, clock: ManualClock) -> None:
    customer = till.customer()
    _, at_the_last_second = presented(till)
    _, too_late = presented(till)

    clock.advance(119)
    till.scan(customer, at_the_last_second, pays=True)
    clock.advance(1)
    refused = till.scan(customer, too_late, pays=True, expected=409)

    assert refused["error"] == "this code is over"
    assert till.balance(customer) == 100000 - FEN


def test_a_scanned_bill_closes_when_it_b_pay_is_over(till: Till, clock: ManualClock) -> None:
    customer = till.customer()
    trans_id, code = presented(till, it_b_pay="1m")
    till.scan(customer, code, pays=False)

    clock.advance(59)
    waits = till.query(trans_id)["alipay_trans_status"]
    clock.advance(1)

    assert waits == "WAIT_BUYER_PAY"
    assert till.query(trans_id)["alipay_trans_status"] == "TRADE_CLOSED"


@pytest.mark.parametrize(
    ("text", "seconds"), [("1c", 12 * 3600), ("1h", 3600), ("1d", 86400), ("", 7200)]
)
def test_a_codes_lifetime_has_four_forms(
    till: Till, clock: ManualClock, text: str, seconds: int
) -> None:
    customer = till.customer()
    _, code = presented(till, qr_code_it_b_pay=text)

    clock.advance(seconds - 1)
    till.scan(customer, code, pays=False)
    _, second = presented(till, qr_code_it_b_pay="1m")
    clock.advance(seconds)

    assert till.scan(customer, second, pays=False, expected=409)["error"] == "this code is over"


def test_a_cancel_before_the_scan_stops_the_code(till: Till) -> None:
    customer = till.customer()
    trans_id, code = presented(till)

    cancelled = till.cancel(trans_id)
    refused = till.scan(customer, code, pays=True, expected=409)

    assert cancelled == {"out_trade_no": trans_id, "result_code": "SUCCESS", "retry_flag": "N"}
    assert refused["error"] == "the shop has cancelled this order"
    assert till.query(trans_id)["error"] == "TRADE_NOT_EXIST"


def test_read_the_harsher_way_a_cancelled_code_still_pays(data: Path, clock: ManualClock) -> None:
    readings = Readings(cancel_stops_code=False)
    with serving(data, clock=clock, readings=readings) as box, Till(box.url) as till:
        customer = till.customer()
        trans_id, code = presented(till)
        till.cancel(trans_id)

        till.scan(customer, code, pays=True)

        assert till.query(trans_id)["alipay_trans_status"] == "TRADE_SUCCESS"


def test_a_cancel_after_the_scan_closes_and_after_the_payment_gives_back(till: Till) -> None:
    customer = till.customer()
    waiting, first = presented(till)
    paid, second = presented(till)
    till.scan(customer, first, pays=False)
    till.scan(customer, second, pays=True)

    assert till.cancel(waiting)["action"] == "close"
    assert till.cancel(paid)["action"] == "refund"
    assert till.balance(customer) == 100000


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"total_fee": "0"}, "INVALID_PARAMETER"),
        ({"currency": "XXX"}, "INVALID_PARAMETER"),
        ({"extend_params": "{}"}, "INVALID_PARAMETER"),
        ({"extend_params": '{"secondary_merchant_id":"M0001"}'}, "ACCESS_FORBIDDEN"),
        ({"it_b_pay": "0m"}, "INVALID_PARAMETER"),
        ({"it_b_pay": "16d"}, "INVALID_PARAMETER"),
        ({"qr_code_it_b_pay": "90s"}, "INVALID_PARAMETER"),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    till: Till, changed: dict[str, str], reason: str
) -> None:
    said = till.precreate(till.new_id(), **changed)

    assert (said["result_code"], said["detail_error_code"]) == ("FAIL", reason)
    assert "qr_code" not in said


@pytest.mark.parametrize(
    "changed",
    [
        {"timestamp": "1795406400000"},
        {"notify_url": "http://127.0.0.1/" + "x" * 190},
        {"seller_id": "2088000000000002"},
        {"product_code": "SOMETHING"},
        {"subject": ""},
    ],
)
def test_an_order_in_another_form_is_not_taken(till: Till, changed: dict[str, str]) -> None:
    fields = till.precreate_fields(till.new_id(), **changed)

    assert till.refusal(till.signed("precreate", **fields)) == "ILLEGAL_ARGUMENT"


def test_another_try_needs_another_id(till: Till) -> None:
    trans_id, _ = presented(till)

    assert till.precreate(trans_id)["detail_error_code"] == "TRADE_STATUS_ERROR"


def test_an_answer_that_is_lost_leaves_an_order_and_a_system_error_none(till: Till) -> None:
    lost, failed = till.new_id(), till.new_id()
    till.control("POST", "faults", {"fault": "answer_lost", "service": "precreate", "times": 1})
    with pytest.raises(requests.ConnectionError):
        till.precreate(lost)
    till.control("POST", "faults", {"fault": "system_error", "service": "precreate", "times": 1})

    said = till.precreate(failed)

    assert said == {
        "detail_error_code": "SYSTEM_ERROR",
        "out_trade_no": failed,
        "result_code": "UNKNOWN",
    }
    assert till.precreate(lost)["detail_error_code"] == "TRADE_STATUS_ERROR"
    assert till.precreate(failed)["result_code"] == "SUCCESS"


def test_the_wallets_page_scans_a_code_and_then_takes_the_yes(till: Till, box: Serving) -> None:
    customer = till.customer()
    trans_id, code = presented(till)

    scanned = send_form(box, f"/{customer}/scans", qr_code=code)
    trade = till.query(trans_id)["alipay_trans_id"]
    send_form(box, f"/{customer}/trades/{trade}", decision="confirm", password="any")

    assert "Scanned: the bill waits" in scanned
    assert "TRADE_SUCCESS" in page(box, f"/{customer}")
    assert till.balance(customer) == 100000 - FEN


def test_the_wallets_page_says_why_a_code_does_not_open(till: Till, box: Serving) -> None:
    customer = till.customer()

    assert "no code of a till" in send_form(box, f"/{customer}/scans", qr_code="https://other")
    assert "no such customer" in send_form(box, "/999/scans", qr_code="https://other")
