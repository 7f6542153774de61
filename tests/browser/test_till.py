"""The web till in a real browser: paired by a code, charged by a scan, and never twice."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from demo.simulator import Simulator
from tests.browser.conftest import World
from tests.browser.watched import Watched
from tests.browser.web_till import enter, make_code, pair, scan, simulator, view


@pytest.fixture
def alipay(world: World) -> Iterator[Simulator]:
    with simulator(world.stage) as alipay:
        yield alipay


@pytest.fixture
def customer(alipay: Simulator) -> str:
    """Somebody with 10,000 yuan in the wallet, who types no password for small amounts."""
    return alipay.new_customer(f"Customer {secrets.token_hex(3)}", balance_fen=1_000_000)


def payments_of(till: Page, amount: int) -> list[Any]:
    """What the platform knows of this till's payments of ``amount``, asked as the till asks."""
    listed = till.evaluate(
        """async () => (await fetch("/v1/payments?limit=100",
            {headers: {"X-Tillgate-Till": "1"}})).json()"""
    )
    return [payment for payment in listed["data"] if payment["amount"] == amount]


def test_a_code_from_the_console_pairs_a_till_once(
    console: Page, page: Page, context: BrowserContext, watched: Watched
) -> None:
    code = make_code(console)
    pair(page, code)
    expect(page.locator("#bar")).to_contain_text("Lotus Tea House Central · Till 1")
    page.reload()
    view(page, "amount")

    watched.expect("404")
    page.evaluate("localStorage.clear()")
    page.goto("/till/")
    page.get_by_label("Code").fill(code.lower())
    page.get_by_role("button", name="Pair").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong, was used already")


def test_no_script_can_read_the_key(till: Page, context: BrowserContext) -> None:
    [cookie] = [each for each in context.cookies() if each["name"] == "tillgate_till"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/v1/")
    kept = till.evaluate("JSON.stringify({...localStorage}) + document.cookie")
    assert "tg_test_" not in kept


def test_without_the_pages_own_header_the_cookie_opens_nothing(
    till: Page, watched: Watched
) -> None:
    watched.expect("401")
    status = till.evaluate("fetch('/v1/pairing').then((answer) => answer.status)")
    assert status == 401


def test_a_scan_charges_what_stands_there_without_a_button(
    till: Page, alipay: Simulator, customer: str
) -> None:
    enter(till, "12051")
    scan(till, alipay.show_code(customer))
    view(till, "end")
    expect(till.get_by_role("heading", name="Paid")).to_be_visible()
    expect(till.locator("#view")).to_contain_text("HKD 120.51")
    [payment] = payments_of(till, 12051)
    assert payment["status"] == "succeeded"
    assert alipay.balance_fen(customer) == 1_000_000 - payment["payer"]["amount"]

    till.keyboard.press("Enter")
    view(till, "amount")
    expect(till.locator(".amount")).to_have_text("0.00")


def test_a_code_typed_by_hand_starts_by_itself(
    till: Page, alipay: Simulator, customer: str
) -> None:
    till.keyboard.type("12052")
    till.keyboard.press("Enter")
    view(till, "scan")
    till.get_by_label(re.compile("type the digits")).press_sequentially(
        alipay.show_code(customer), delay=5
    )
    view(till, "end")
    assert [payment["status"] for payment in payments_of(till, 12052)] == ["succeeded"]


def test_a_scan_without_an_amount_asks_for_it(till: Page) -> None:
    scan(till, "281234567890123456")
    expect(till.get_by_role("alert")).to_have_text("Type the amount first, then scan.")
    expect(till.locator(".amount")).to_have_text("0.00")


def test_what_is_no_payment_code_charges_nothing(till: Page) -> None:
    enter(till, "12053")
    scan(till, "4006381333931555")
    expect(till.get_by_role("alert")).to_contain_text("This is no payment code")
    expect(till.locator(".amount")).to_have_text("120.53")
    assert payments_of(till, 12053) == []


def test_the_same_code_scanned_twice_is_one_payment(
    till: Page, alipay: Simulator, customer: str
) -> None:
    code = alipay.show_code(customer)
    enter(till, "12054")
    scan(till, code)
    scan(till, code)
    view(till, "end")
    scan(till, code)
    view(till, "end")
    assert [payment["status"] for payment in payments_of(till, 12054)] == ["succeeded"]
    assert len(alipay.trade(payments_of(till, 12054)[0]["id"]).times_of("pay")) == 1
