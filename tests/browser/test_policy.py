"""Under the strict policy every page of the console still does what it should: nothing is refused.

``watched`` fails a test whose pages complain, and a refused script or style is a complaint.
"""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.watched import Watched

PAGES = [
    "/admin/",
    "/admin/payments/payment/",
    "/admin/merchants/merchant/",
    "/admin/merchants/merchant/add/",
    "/admin/tenancy/staff/",
    "/admin/tenancy/staff/add/",
    "/admin/proposals/proposal/",
    "/account/factors/",
    "/account/sessions/",
    "/account/password/change/",
]


def test_pages_of_the_console_live_with_the_policy(console: Page) -> None:
    """In one profile: a new one for each page took the browser two seconds of CPU each."""
    for path in PAGES:
        answer = console.goto(path)

        assert answer is not None, path
        assert answer.status == 200, path
        assert "script-src 'self'" in answer.headers["content-security-policy"], path
        expect(console.locator("h1, h2").first).to_be_visible()


def test_the_theme_still_answers_clicks(console: Page) -> None:
    console.goto("/admin/")
    searchable = console.evaluate("window.Alpine !== undefined")

    assert searchable
    console.keyboard.press("Escape")


def test_the_api_reference_is_drawn_without_the_mark_of_its_maker(
    page: Page, watched: Watched
) -> None:
    watched.expect("logo-mini.svg")  # of another host: the policy refuses it
    page.goto("/docs")

    heading = page.get_by_role("heading", name=re.compile("Tillgate REST API"))
    expect(heading).to_be_visible(timeout=4 * PATIENCE_MS)  # it draws the whole contract at once


def test_a_script_that_was_smuggled_into_a_page_does_not_run(page: Page, watched: Watched) -> None:
    watched.expect("Executing inline script violates")
    page.goto("/account/login/")

    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); }"
    )

    assert page.evaluate("window.ran === undefined")
