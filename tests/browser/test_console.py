"""The console is reached with a second factor, and by nobody without one."""

import re

from playwright.sync_api import Page, expect

from tests.browser.console import Account, enter_password, sign_in
from tests.browser.watched import Watched


def test_an_owner_signs_in_with_password_and_authenticator(page: Page, account: Account) -> None:
    sign_in(page, account)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_session_of_the_console_lasts(console: Page) -> None:
    console.goto("/admin/merchants/terminal/")
    expect(console.get_by_role("link", name="Till 1").first).to_be_visible()


def test_a_wrong_code_opens_nothing(page: Page, account: Account, watched: Watched) -> None:
    watched.expect("400")
    enter_password(page, account.email, account.password)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/account/"))


def test_a_new_password_is_shown_at_will_and_its_strength_is_measured(console: Page) -> None:
    console.goto("/account/password/change/")
    chosen, again = console.locator("input[name=password1]"), console.locator("[name=password2]")
    strength = console.get_by_role("status")
    for typed, said in (
        ("Password2026!!", "weak"),  # a word with trimmings
        ("asdfghjklqwertyuiop", "weak"),
        ("herons herons herons herons", "weak"),  # the same again tells nothing new
        ("kT9#wq-ZrL", "weak"),  # short
        ("three lazy herons", "fair"),
        ("kT9#wq-ZrL2$vb", "strong"),
        ("three lazy herons under bridges", "strong"),
        ("", ""),
    ):
        chosen.fill(typed)
        expect(strength).to_have_text(said)
    chosen.locator("xpath=following-sibling::button").click()
    expect(chosen).to_have_attribute("type", "text")
    expect(again).to_have_attribute("type", "password")
    console.get_by_role("button", name="Hide").click()
    expect(chosen).to_have_attribute("type", "password")


def test_a_page_that_breaks_is_noticed(page: Page, watched: Watched) -> None:
    page.goto("/account/login/")
    page.evaluate("console.error('the till is broken')")
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")
    noticed = " | ".join(watched.unexpected())
    assert "console error: the till is broken" in noticed
    assert "violates the following Content Security Policy" in noticed
    watched.expect("the till is broken")
    watched.expect("127.0.0.1:9/")
