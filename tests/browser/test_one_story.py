"""One story in the browser: from signing in to a merchant's first payment, its refund, its day."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from config.demonstration.stage import SignIn, prepare_stages
from demo.stage import Stage
from tests.browser.conftest import REFUND_PIN, World
from tests.browser.console import enrol, sign_in
from tests.browser.web_till import enter, make_code, pair, scan, set_pin, simulator, view

PATIENCE_SECONDS = 120.0  # Alipay's simulator reviews a store for two seconds


@dataclass(frozen=True)
class Newcomer:
    """An acquirer whose owner has never signed in."""

    stage: Stage
    owner: SignIn


@pytest.fixture
def newcomer(world: World) -> Newcomer:
    [(stage, owner)] = prepare_stages(world.system, 1)
    return Newcomer(stage, owner)


@pytest.fixture
def shop(context: BrowserContext, chromium: Browser, world: World) -> Iterator[Page]:
    """The merchant's own browser, which is not the staff's."""
    with chromium.new_context(base_url=world.url) as shop:
        yield shop.new_page()


def test_from_signing_in_to_a_refund_and_the_days_figures(
    newcomer: Newcomer, page: Page, shop: Page
) -> None:
    account = enrol(page, newcomer.owner.email, newcomer.owner.password)
    page.context.clear_cookies()
    sign_in(page, account)

    take_on(page, "Jade Garden")
    key = issue_key(page, "Jade Garden")
    stores = page.request.get("/v1/stores", headers={"Authorization": f"Bearer {key}"})
    assert [store["name"] for store in stores.json()["data"]] == ["Jade Garden Peak"]

    set_pin(page, REFUND_PIN, "Jade Till")
    pair(shop, make_code(page, "Jade Till"))
    with simulator(newcomer.stage) as alipay:
        customer = alipay.new_customer("Mei", balance_fen=1_000_000)
        enter(shop, "45600")
        scan(shop, alipay.show_code(customer))
        view(shop, "end")
        expect(shop.get_by_role("heading", name="Paid")).to_be_visible()
        assert alipay.balance_fen(customer) < 1_000_000
        refund(shop)
        assert alipay.balance_fen(customer) == 1_000_000

    look_at_the_day(page)


def take_on(page: Page, name: str) -> None:
    """A merchant with its store and till: drafted, submitted, approved, taken by Alipay."""
    page.goto("/admin/merchants/merchant/add/")
    for label, text in {
        "Legal name": f"{name} Limited",
        "Display name": name,
        "Registration number": "12345678",
        "Responsible name": "Chan Siu Ming",
        "Scheme merchant id": "M0777",
    }.items():
        page.get_by_label(label).fill(text)
    choose(page, "mcc", "5812")
    page.locator("#id_registered_line1").fill("8 Pier Road")
    page.locator("#id_registered_town").fill("Hong Kong")
    page.get_by_role("button", name="Save and continue editing").click()
    merchant = page.url
    page.get_by_role("link", name="At least one active store").click()
    page.get_by_label("Name").fill(f"{name} Peak")
    page.get_by_label("Scheme store id").fill("S777")
    page.get_by_label("Street and number").fill("1 Peak Road")
    page.get_by_label("Town").fill("Hong Kong")
    save(page)
    page.goto("/admin/merchants/terminal/add/")
    choose(page, "store", f"{name} Peak")
    page.get_by_label("Name").fill("Jade Till")
    page.get_by_label("Scheme terminal id").fill("T777")
    save(page)
    for act in ["Submit", "Approve"]:
        page.goto(merchant)
        page.get_by_role("link", name=act, exact=True).click()
        page.get_by_role("button", name=act, exact=True).click()
    here = page.locator("[aria-current=step]")
    until_shown(page, merchant, here.filter(has_text=re.compile("^Active$")))


def issue_key(page: Page, merchant: str) -> str:
    page.goto("/admin/merchants/apikey/add/")
    choose(page, "merchant", merchant)
    page.get_by_label("Label").fill("ECR")
    save(page)
    expect(page.get_by_text("Copy this now")).to_be_visible()  # a click does not wait for its page
    key = re.search(r"tg_test_[0-9A-Za-z]{40}", page.content())
    assert key is not None
    return key[0]


def refund(shop: Page) -> None:
    shop.get_by_role("button", name="Today").click()
    shop.get_by_role("button", name="Refund").click()
    shop.get_by_label("Refund PIN").fill(REFUND_PIN)
    shop.get_by_role("dialog").get_by_role("button", name="Refund").click()
    expect(shop.get_by_text("Refunded to the customer.").first).to_be_visible()


def look_at_the_day(page: Page) -> None:
    """The overview, for test payments, has the one payment and its refund."""
    until_shown(page, "/admin/?mode=test", page.get_by_text("HKD 456.00").first)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def choose(page: Page, field: str, text: str) -> None:
    """Search in a field that offers rows, and take the one that is found."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").fill(text)
    page.get_by_role("option", name=text).first.click()


def until_shown(page: Page, address: str, wanted: Locator) -> None:
    """Open the page again and again until it shows what others are still doing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    page.goto(address)
    while not wanted.is_visible():
        assert time.monotonic() < deadline, f"not shown within {PATIENCE_SECONDS:g} s: {wanted}"
        page.wait_for_timeout(500)
        page.goto(address)
