"""The web till in a real browser: paired by a code, charged by a scan, and never twice."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from demo.simulator import Simulator
from tests.browser.club import make_club
from tests.browser.conftest import REFUND_PIN, World
from tests.browser.watched import Watched
from tests.browser.web_till import enter, make_code, pair, scan, set_pin, simulator, view


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


def test_a_password_is_waited_for_with_a_countdown(till: Page, alipay: Simulator) -> None:
    customer = alipay.new_customer("Careful", balance_fen=1_000_000, asks_password=True)
    enter(till, "12061")
    scan(till, alipay.show_code(customer))
    expect(till.get_by_role("status")).to_contain_text(["Waiting for the customer."])
    expect(till.locator(".clock")).to_have_text(re.compile(r"\d+ seconds left"))

    [payment] = payments_of(till, 12061)
    assert payment["status"] == "processing"
    alipay.confirm(payment["id"])

    view(till, "end")
    expect(till.get_by_role("heading", name="Paid")).to_be_visible()


def test_a_sale_in_doubt_is_cancelled_and_nothing_is_charged(till: Page, alipay: Simulator) -> None:
    customer = alipay.new_customer("Doubtful", balance_fen=1_000_000, asks_password=True)
    enter(till, "12062")
    scan(till, alipay.show_code(customer))
    expect(till.get_by_role("status")).to_contain_text(["Waiting for the customer."])
    till.get_by_role("button", name="Cancel").click()
    view(till, "end")
    expect(till.get_by_role("heading", name="Cancelled")).to_be_visible()
    assert [payment["status"] for payment in payments_of(till, 12062)] == ["canceled"]
    assert alipay.balance_fen(customer) == 1_000_000


@pytest.mark.parametrize(
    ("button", "language", "title", "sentence"),
    [
        ("简体中文", "zh-Hans", "未付款", "余额不足。请顾客在钱包中更换付款方式。"),
        ("繁體中文", "zh-Hant", "未付款", "餘額不足。請顧客在錢包中更換付款方式。"),
    ],
)
def test_a_refusal_is_said_in_the_cashiers_language(
    till: Page, alipay: Simulator, button: str, language: str, title: str, sentence: str
) -> None:
    till.get_by_role("button", name="Settings").click()
    till.get_by_role("button", name=button).click()
    expect(till.locator("html")).to_have_attribute("lang", language)
    enter(till, "12063")
    scan(till, alipay.show_code(alipay.new_customer("Poor", balance_fen=1)))
    view(till, "end")
    expect(till.get_by_role("heading", name=title)).to_be_visible()
    expect(till.locator(".sentence")).to_have_text(sentence)


def test_a_reload_in_the_middle_picks_the_sale_up(till: Page, alipay: Simulator) -> None:
    customer = alipay.new_customer("Patient", balance_fen=1_000_000, asks_password=True)
    enter(till, "12064")
    scan(till, alipay.show_code(customer))
    expect(till.get_by_role("status")).to_contain_text(["Waiting for the customer."])

    till.reload()
    view(till, "progress")
    [payment] = payments_of(till, 12064)
    alipay.confirm(payment["id"])

    view(till, "end")
    expect(till.locator("#view")).to_contain_text("HKD 120.64")
    assert len(payments_of(till, 12064)) == 1
    till.reload()
    view(till, "amount")


def test_a_reload_before_anything_was_sent_asks_for_the_code_again(
    till: Page, alipay: Simulator, customer: str, watched: Watched
) -> None:
    watched.expect("/v1/payments: net::ERR_INTERNET_DISCONNECTED")
    watched.expect("Failed to load resource: net::ERR_INTERNET_DISCONNECTED")
    till.route("**/v1/payments", lambda route: route.abort("internetdisconnected"))
    enter(till, "12065")
    scan(till, alipay.show_code(customer))
    expect(till.get_by_role("status")).to_contain_text(["No network."])

    till.unroute("**/v1/payments")
    till.reload()
    expect(till.get_by_role("alert")).to_contain_text(["Nothing was charged for this sale."])
    assert payments_of(till, 12065) == []
    scan(till, alipay.show_code(customer))

    view(till, "end")
    assert [payment["status"] for payment in payments_of(till, 12065)] == ["succeeded"]


def test_a_network_that_is_cut_after_the_charge_never_charges_twice(
    till: Page, alipay: Simulator, customer: str, watched: Watched
) -> None:
    watched.expect("net::ERR_(INTERNET_DISCONNECTED|FAILED)")
    sent: list[str] = []

    def charge_and_cut(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        if not sent:
            route.fetch()  # it arrives, and its answer is lost
        sent.append(str(route.request.post_data))
        if len(sent) <= 2:
            return route.abort("internetdisconnected")
        return route.fallback()

    till.route("**/v1/payments", charge_and_cut)
    enter(till, "12066")
    scan(till, alipay.show_code(customer))
    expect(till.get_by_role("status")).to_contain_text(["No network."])
    view(till, "end")

    expect(till.get_by_role("heading", name="Paid")).to_be_visible()
    assert len(sent) == 3
    assert len(set(sent)) == 1
    [payment] = payments_of(till, 12066)
    assert alipay.balance_fen(customer) == 1_000_000 - payment["payer"]["amount"]
    assert len(alipay.trade(payment["id"]).times_of("pay")) == 1


def test_a_code_that_the_till_shows_is_scanned_and_paid(
    till: Page, alipay: Simulator, customer: str
) -> None:
    enter(till, "12067")
    till.get_by_role("button", name="Show a QR code").click()
    code = till.get_by_role("img", name="Let the customer scan this with Alipay")
    expect(code).to_be_visible(timeout=30_000)
    shown = code.get_attribute("data-text")
    assert shown == payments_of(till, 12067)[0]["qr_code"]

    alipay.scan(customer, str(shown))

    view(till, "end")
    expect(till.get_by_role("heading", name="Paid")).to_be_visible()


def sell(till: Page, alipay: Simulator, customer: str, amount: str) -> None:
    enter(till, amount)
    scan(till, alipay.show_code(customer))
    view(till, "end")
    expect(till.get_by_role("heading", name="Paid")).to_be_visible()


def test_a_payment_of_today_is_refunded_with_the_pin(
    till: Page, alipay: Simulator, customer: str
) -> None:
    sell(till, alipay, customer, "12068")
    till.get_by_role("button", name="Today").click()
    sale = till.get_by_role("listitem").filter(has_text="HKD 120.68")
    sale.get_by_role("button", name="Refund").click()
    till.get_by_label("Refund PIN").fill(REFUND_PIN)
    till.get_by_role("dialog").get_by_role("button", name="Refund").click()
    expect(till.get_by_text("Refunded to the customer.").first).to_be_visible()
    till.get_by_role("dialog").get_by_role("button", name="Back").click()
    expect(sale).to_contain_text("Refunded")
    expect(sale.get_by_role("button", name="Refund")).to_have_count(0)
    assert payments_of(till, 12068)[0]["amount_refunded"] == 12068
    assert alipay.balance_fen(customer) == 1_000_000


def test_three_wrong_pins_lock_refunds_and_move_nothing(
    till: Page, console: Page, alipay: Simulator, customer: str, watched: Watched
) -> None:
    watched.expect("403")
    sell(till, alipay, customer, "12069")
    till.get_by_role("button", name="Today").click()
    sale = till.get_by_role("listitem").filter(has_text="HKD 120.69")
    sale.get_by_role("button", name="Refund").click()
    dialog = till.get_by_role("dialog")
    for words in ["The PIN is wrong.", "The PIN is wrong.", "Refunds are locked for 15 minutes."]:
        till.get_by_label("Refund PIN").fill("999990")
        with till.expect_response("**/refunds") as refused:
            dialog.get_by_role("button", name="Refund").click()
        assert refused.value.status == 403
        expect(dialog.get_by_role("alert")).to_contain_text(words)
    till.get_by_label("Refund PIN").fill(REFUND_PIN)
    dialog.get_by_role("button", name="Refund").click()
    expect(dialog.get_by_role("alert")).to_contain_text("locked")
    assert payments_of(till, 12069)[0]["amount_refunded"] == 0

    set_pin(console, REFUND_PIN)
    dialog.get_by_role("button", name="Refund").click()
    expect(till.get_by_text("Refunded to the customer.").first).to_be_visible()


def test_a_receipt_is_printed_on_paper_of_eighty_millimetres(
    till: Page, alipay: Simulator, customer: str
) -> None:
    sell(till, alipay, customer, "12070")
    payment = payments_of(till, 12070)[0]
    till.evaluate("window.print = () => document.body.dataset.printed = 'yes'")
    till.get_by_role("button", name="Receipt").click()
    paper = till.get_by_role("article")
    for line in ["Lotus Tea House", "HKD 120.70", payment["id"], payment["merchant_reference"]]:
        expect(paper).to_contain_text(line)
    expect(paper.get_by_role("img", name=payment["id"])).to_be_visible()
    till.get_by_role("button", name="Print").click()
    expect(till.locator("body")).to_have_attribute("data-printed", "yes")
    till.emulate_media(media="print")
    expect(till.get_by_role("button", name="Print")).to_be_hidden()
    expect(paper).to_be_visible()


@pytest.mark.phone
def test_a_phone_shows_every_key_and_nothing_runs_over(
    till: Page, alipay: Simulator, customer: str
) -> None:
    till.get_by_role("button", name="7", exact=True).tap()
    for name in ["Charge", "Show a QR code"]:
        expect(till.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    sell(till, alipay, customer, "12071")
    expect(till.get_by_role("button", name="Next sale")).to_be_in_viewport(ratio=1)
    till.get_by_role("button", name="Today").click()
    expect(till.get_by_role("listitem").first).to_be_visible()
    assert till.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_till_that_staff_unpair_says_so_and_takes_nothing(
    till: Page, console: Page, world: World, watched: Watched
) -> None:
    watched.expect("401")
    till.route("**/v1/pairing", lambda route: route.fulfill(status=401, json={"code": "x"}))
    till.reload()
    expect(till.get_by_role("alert")).to_have_text("This till is no longer paired.")
    expect(till.get_by_role("heading", name="Pair this till")).to_be_visible()


def test_an_amount_is_typed_and_corrected_on_the_keyboard(till: Page) -> None:
    till.keyboard.type("12345")
    expect(till.locator(".amount")).to_have_text("123.45")
    till.keyboard.press("Backspace")
    expect(till.locator(".amount")).to_have_text("12.34")
    till.keyboard.press("Escape")
    expect(till.locator(".amount")).to_have_text("0.00")
    expect(till.get_by_role("button", name="Charge")).to_be_disabled()


def test_a_camera_that_sees_a_code_starts_the_payment(
    till: Page, context: BrowserContext, alipay: Simulator, customer: str
) -> None:
    context.grant_permissions(["camera"])
    code = alipay.show_code(customer)
    # Chromium has no detector on this platform, and its camera for tests shows no code.
    till.evaluate(
        """code => {
            window.BarcodeDetector = class { async detect() { return [{rawValue: code}]; } };
        }""",
        code,
    )
    enter(till, "12072")
    till.get_by_role("button", name="Charge").click()
    till.get_by_role("button", name="Use the camera").click()
    view(till, "end")
    assert [payment["status"] for payment in payments_of(till, 12072)] == ["succeeded"]


def test_a_camera_that_opens_after_the_cashier_went_back_is_closed_and_charges_nobody(
    till: Page, alipay: Simulator, customer: str
) -> None:
    till.evaluate(
        """code => {
            window.BarcodeDetector = class { async detect() { return [{rawValue: code}]; } };
            navigator.mediaDevices.getUserMedia = () =>
                new Promise((open) => { window.openLate = () => open(window.late); });
            window.late = document.createElement("canvas").captureStream();
        }""",
        alipay.show_code(customer),
    )
    enter(till, "12074")
    till.get_by_role("button", name="Charge").click()
    till.get_by_role("button", name="Use the camera").click()
    till.get_by_role("button", name="Back").click()
    till.evaluate("openLate()")

    till.wait_for_function("late.getTracks().every((track) => track.readyState === 'ended')")

    expect(till.locator(".amount")).to_have_text("120.74")
    assert payments_of(till, 12074) == []


def test_a_merchant_that_may_not_sell_is_told_whom_to_call(
    till: Page, alipay: Simulator, customer: str, watched: Watched
) -> None:
    watched.expect("403")
    refusal = {"code": "merchant_not_active", "detail": "…"}
    till.route(
        "**/v1/payments",
        lambda route: (
            route.fulfill(status=403, json=refusal)
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    enter(till, "12073")
    scan(till, alipay.show_code(customer))
    view(till, "amount")
    expect(till.get_by_role("alert")).to_contain_text("Call your acquirer.")
    expect(till.locator(".amount")).to_have_text("120.73")


def test_banners_and_troubles_of_the_acquirer_are_shown(
    till: Page, alipay: Simulator, customer: str
) -> None:
    status = {
        "incidents": [{"cashier_message": "Alipay is slow. Please wait."}],
        "banners": [{"severity": "info", "text": "We close at six."}],
    }
    asked = till.evaluate(
        "fetch('/v1/status', {headers: {'X-Tillgate-Till': '1'}}).then((answer) => answer.json())"
    )
    assert set(status) <= set(asked)  # what is shown below has the shape of the true answer
    till.route("**/v1/status", lambda route: route.fulfill(json=status))
    till.reload()
    expect(till.locator("#notices .problem")).to_have_text("Alipay is slow. Please wait.")
    expect(till.locator("#notices .info")).to_have_text("We close at six.")
    enter(till, "12074")
    scan(till, alipay.show_code(customer))
    view(till, "end")


def test_a_whole_sale_needs_no_mouse(till: Page, alipay: Simulator, customer: str) -> None:
    till.keyboard.type("12075")
    for _ in range(30):
        till.keyboard.press("Tab")
        if till.evaluate("document.activeElement.textContent") == "Charge":
            break
    till.keyboard.press("Enter")
    view(till, "scan")
    scan(till, alipay.show_code(customer))
    view(till, "end")
    expect(till.locator("#said")).to_contain_text("Paid. HKD 120.75.")
    till.keyboard.press("Enter")
    view(till, "amount")


def test_a_coupon_a_card_and_its_points_make_the_sale_cheaper_and_are_no_wallets_code(
    till: Page, world: World, alipay: Simulator, customer: str, watched: Watched
) -> None:
    watched.expect("409")
    club = make_club(world.system, world.stage.terminal)
    enter(till, "12081")
    scan(till, club["card"])
    expect(till.get_by_role("listitem")).to_have_text([f"Member •••• {club['card'][-4:]}"])
    scan(till, club["coupon"])  # its digits are no part of the amount
    expect(
        till.get_by_role("status").filter(has_text="The customer pays HKD 112.81")
    ).to_be_visible()
    expect(till.locator(".amount")).to_have_text("120.81")

    till.get_by_role("button", name="Coupon", exact=True).click()
    field = till.get_by_label("Coupon, or the member's card")
    field.press_sequentially(club["withdrawn"].lower())
    field.press("Enter")
    expect(till.get_by_role("alert")).to_contain_text("cannot be combined")
    till.get_by_role("button", name="Remove: Coupon").last.click()
    expect(till.get_by_role("listitem")).to_have_count(2)
    till.get_by_role("button", name="Use points: 700 (\u2212HKD 7.00)").click()
    expect(
        till.get_by_role("status").filter(has_text="The customer pays HKD 105.81")
    ).to_be_visible()
    expect(till.get_by_role("listitem").last).to_have_text("Points 700")
    scan(till, alipay.show_code(customer))

    view(till, "end")
    expect(till.locator("#view")).to_contain_text("HKD 105.81")
    [payment] = payments_of(till, 12081)
    assert (payment["amount_charged"], payment["status"]) == (10581, "succeeded")
    assert payment["member"] is not None
    till.get_by_role("button", name="Receipt").click()
    paper = till.get_by_role("article")
    for line in [
        "PriceHKD 120.81",
        "Coupon\u2212HKD 8.00",
        "Points\u2212HKD 7.00",
        "SavedHKD 15.00",
    ]:
        expect(paper).to_contain_text(line)
    till.get_by_role("button", name="Back").click()

    till.get_by_role("button", name="Settings").click()
    till.get_by_role("button", name="简体中文").click()
    enter(till, "12082")
    scan(till, club["withdrawn"])
    expect(till.get_by_role("alert")).to_have_text("此优惠券已作废。")
    till.get_by_role("button", name="收款").click()  # before any wallet's code
    view(till, "amount")
    expect(till.get_by_role("alert")).to_have_text("此优惠券已作废。")
    assert payments_of(till, 12082) == []
