"""The wallet's pages, as a browser asks for them."""

import re
from html import unescape

import barcode
import pytest
import requests

from sandbox.clock import ManualClock
from sandbox.faults import FAULTS, magic_fault
from sandbox.server import Serving
from tests.sandbox.till import PARTNER, Till


def page(box: Serving, path: str = "") -> str:
    answer = requests.get(f"{box.url}/wallet{path}", timeout=10)
    assert answer.status_code == 200
    return unescape(answer.text)


def send_form(box: Serving, path: str, **form: str) -> str:
    """The page that a browser shows after it sent the form."""
    with requests.Session() as browser:
        answer = browser.post(f"{box.url}/wallet{path}", data=form, timeout=10)
        assert answer.status_code == 200
        return unescape(answer.text)


def shown_code(text: str) -> str:
    found = re.search(r'data-code="(\d+)"', text)
    assert found is not None
    return found[1]


def waiting(till: Till, customer: int, magic: str = "") -> tuple[str, str]:
    """A bill that waits for a password: our id and Alipay's."""
    trans_id = till.new_id()
    said = till.pay(magic or till.code(customer), trans_id=trans_id)
    assert said["result_code"] == "UNKNOW"
    return trans_id, said["alipay_trans_id"]


def state(till: Till, trans_id: str) -> str:
    return till.query(trans_id)["alipay_trans_status"]


def test_the_address_alone_leads_to_the_wallet(box: Serving) -> None:
    answer = requests.get(box.url, timeout=10)

    assert answer.url == f"{box.url}/wallet"
    assert "Nobody yet" in answer.text


def test_the_list_shows_every_customer_with_the_balance(box: Serving, till: Till) -> None:
    customer = till.customer(1000)

    text = page(box)

    assert f'<a href="/wallet/{customer}">Ling</a>' in text
    assert "¥ 1000.00" in text


def test_a_customer_is_created_in_the_browser(box: Serving, till: Till) -> None:
    text = send_form(box, "", name="<Mei>", balance="250", asks_password="on")

    assert "¥ 250.00" in text
    [made] = till.control("GET", "customers")["data"]
    assert (made["name"], made["balance_fen"], bool(made["asks_password"])) == (
        "<Mei>", 25000, True,
    )  # fmt: skip


@pytest.mark.parametrize("balance", ["", "-1", "1.5", "ten", "²", "1" * 10])
def test_a_strange_balance_makes_no_customer(box: Serving, till: Till, balance: str) -> None:
    text = send_form(box, "", name="Mei", balance=balance)

    assert "a balance in whole yuan" in text
    assert till.control("GET", "customers")["data"] == []


@pytest.mark.parametrize("digits", [18, 24])
def test_the_code_of_a_customers_page_pays(box: Serving, till: Till, digits: int) -> None:
    customer = till.customer(1000)

    code = shown_code(page(box, f"/{customer}?digits={digits}"))
    said = till.pay(code)

    assert len(code) == digits
    assert said["result_code"] == "SUCCESS"
    assert till.balance(customer) == 100000 - 10870


def test_each_look_at_the_page_shows_another_code(box: Serving, till: Till) -> None:
    customer = till.customer()

    first, second = (shown_code(page(box, f"/{customer}")) for _ in range(2))

    assert first != second


def test_the_bars_are_the_codes_own_with_white_on_either_side(box: Serving, till: Till) -> None:
    text = page(box, f"/{till.customer()}")

    drawing = re.search(r'class="bars" viewBox="0 0 (\d+) 1".*?d="([^"]+)"', text)
    assert drawing is not None
    modules = ["0"] * int(drawing[1])
    for start, width in re.findall(r"M(\d+) 0h(\d+)v1", drawing[2]):
        modules[int(start) : int(start) + int(width)] = "1" * int(width)
    expected = barcode.get("code128", shown_code(text)).build()[0]
    assert "".join(modules) == "0" * 10 + expected + "0" * 10
    assert 'class="square"' in text


def test_a_page_shows_how_long_its_code_is_valid(
    box: Serving, till: Till, clock: ManualClock
) -> None:
    text = page(box, f"/{till.customer()}")

    assert '<progress id="bar" max="60" value="60"' in text
    clock.advance(60)
    assert till.pay(shown_code(text))["error"] == "SOUNDWAVE_PARSER_FAIL"


def test_an_unknown_customer_has_no_page(box: Serving) -> None:
    answer = requests.get(f"{box.url}/wallet/99", timeout=10)

    assert answer.status_code == 404
    assert "No such customer" in answer.text


def test_bills_show_what_was_taken_and_what_was_given_back(box: Serving, till: Till) -> None:
    customer, trans_id = till.customer(1000), till.new_id()
    till.pay(till.code(customer), trans_id=trans_id)
    till.refund(trans_id, "RF1", "20.00")

    text = page(box, f"/{customer}")

    assert "HKD 120.50" in text
    assert "TRADE_SUCCESS" in text
    assert "-¥ 108.70" in text
    assert "+¥ 18.04" in text
    assert trans_id in text


def test_any_password_pays_a_waiting_bill(box: Serving, till: Till) -> None:
    customer = till.customer(1000, asks_password=True)
    trans_id, trade = waiting(till, customer)
    assert "Pay ¥ 108.70" in page(box, f"/{customer}")

    text = send_form(box, f"/{customer}/trades/{trade}", decision="confirm", password="1")

    assert "Paid." in text
    assert state(till, trans_id) == "TRADE_SUCCESS"
    assert till.balance(customer) == 100000 - 10870


def test_no_password_pays_nothing(box: Serving, till: Till) -> None:
    customer = till.customer(1000, asks_password=True)
    trans_id, trade = waiting(till, customer)

    text = send_form(box, f"/{customer}/trades/{trade}", decision="confirm", password="")

    assert "Type a password" in text
    assert state(till, trans_id) == "WAIT_BUYER_PAY"
    assert till.balance(customer) == 100000


def test_a_refused_bill_is_closed_and_costs_nothing(box: Serving, till: Till) -> None:
    customer = till.customer(1000, asks_password=True)
    trans_id, trade = waiting(till, customer)

    text = send_form(box, f"/{customer}/trades/{trade}", decision="refuse")

    assert "Refused: nothing was paid." in text
    assert state(till, trans_id) == "TRADE_CLOSED"
    assert till.balance(customer) == 100000


@pytest.mark.parametrize("decision", ["confirm", "refuse"])
def test_after_three_minutes_it_is_too_late(
    box: Serving, till: Till, clock: ManualClock, decision: str
) -> None:
    customer = till.customer(1000, asks_password=True)
    trans_id, trade = waiting(till, customer)
    clock.advance(180)

    text = send_form(box, f"/{customer}/trades/{trade}", decision=decision, password="1")

    assert "oo late" in text
    assert state(till, trans_id) == "TRADE_CLOSED"
    assert till.balance(customer) == 100000


def test_a_bill_above_the_balance_cannot_be_paid(box: Serving, till: Till) -> None:
    customer = till.customer(100, asks_password=True)
    trans_id, trade = waiting(till, customer)

    text = send_form(box, f"/{customer}/trades/{trade}", decision="confirm", password="1")

    assert "the balance is too small" in text
    assert state(till, trans_id) == "WAIT_BUYER_PAY"
    assert till.balance(customer) == 10000


def test_a_bill_that_nobody_can_confirm_takes_no_password(box: Serving, till: Till) -> None:
    trans_id, trade = waiting(till, 0, till.magic("never_confirms"))
    customer = till.control("GET", f"trades/{PARTNER}/{trans_id}")["customer"]

    text = send_form(box, f"/{customer}/trades/{trade}", decision="confirm", password="1")

    assert "This bill takes no password." in text
    assert state(till, trans_id) == "WAIT_BUYER_PAY"


def test_nobody_pays_the_bill_of_another_customer(box: Serving, till: Till) -> None:
    customer, other = till.customer(1000, asks_password=True), till.customer(1000)
    trans_id, trade = waiting(till, customer)

    text = send_form(box, f"/{other}/trades/{trade}", decision="confirm", password="1")

    assert "There is no such bill." in text
    assert state(till, trans_id) == "WAIT_BUYER_PAY"


def test_the_question_for_a_password_is_switched_on_and_off(box: Serving, till: Till) -> None:
    customer = till.customer(1000)

    text = send_form(box, f"/{customer}/password")

    assert "Stop asking for a password" in text
    waiting(till, customer)
    send_form(box, f"/{customer}/password")
    assert till.pay(till.code(customer))["result_code"] == "SUCCESS"


def test_the_page_of_magic_codes_has_one_for_each_fault(box: Serving) -> None:
    text = page(box, "/magic")

    codes = re.findall(r'<code class="num">(\d{18})</code>', text)
    assert [magic_fault(code) for code in codes] == list(FAULTS.values())
    assert all(fault.does in text for fault in FAULTS.values())
