"""``make screenshots``: the console's main pages of a system in which the demo was played."""

import sys

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.console import Console

from config import env
from config.demonstration.closing import play_closing
from config.demonstration.stage import prepare_stages
from demo.play import play_in_turn
from demo.story import STORY
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.console import Account, enrol
from tests.running import running_system

FOLDER = env.BASE_DIR / "docs" / "images"
BYTES_LIMIT = 220_000
_PAGE_MS = 180_000  # of a machine that does much else beside
_DESK = {"width": 1280, "height": 800}
_PHONE = {"width": 390, "height": 780}
# Name of the picture, page, language, colours, size.
PICTURES = (
    ("console-overview", "/admin/?mode=test", "en-GB", "light", _DESK),
    ("console-payments", "/admin/payments/payment/", "en-GB", "light", _DESK),
    ("console-payments-hant", "/admin/payments/payment/", "zh-Hant", "dark", _DESK),
    ("console-payment", "newest payment", "en-GB", "dark", _DESK),
    ("console-merchant", "newest merchant", "en-GB", "light", _DESK),
    ("insights-sales", "/admin/portal/analysis/?mode=test", "en-GB", "light", _DESK),
    (
        "insights-customers",
        "/admin/portal/analysis/?mode=test&view=customers",
        "en-GB",
        "light",
        _DESK,
    ),
    ("insights-baskets", "/admin/portal/analysis/?mode=test&view=baskets", "en-GB", "dark", _DESK),
    ("console-break", "newest break", "en-GB", "light", _DESK),
    ("console-phone", "/admin/payments/payment/", "zh-Hans", "light", _PHONE),
)
_NEWEST = {
    "newest payment": "/admin/payments/payment/",
    "newest merchant": "/admin/merchants/merchant/",
    "newest break": "/admin/settlement/break/",
}


def main() -> int:
    """Play, look, keep; 1 if a picture is too big for the docs."""
    with running_system() as system, sync_playwright() as playwright:
        [(stage, sign_in)] = prepare_stages(system, 1)
        play_in_turn(STORY, stage, Console(stderr=True))
        play_closing(system, stage, Console(stderr=True))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        with browser.new_context(base_url=system.web_url) as context:
            account = enrol(context.new_page(), sign_in.email, sign_in.password)
        sizes = [_take(browser, system.web_url, account, *each) for each in PICTURES]
    return 1 if max(sizes) > BYTES_LIMIT else 0


def _take(
    browser: Browser, url: str, account: Account, name: str, page: str, language: str,
    colours: str, size: dict[str, int],
) -> int:  # fmt: skip
    context = browser.new_context(
        base_url=url,
        viewport=size,  # type: ignore[arg-type]
        locale=language,
        color_scheme=colours,  # type: ignore[arg-type]
        storage_state=account.session,
    )
    context.set_default_timeout(_PAGE_MS)
    shown = _open(context, page)
    shown.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    shown.screenshot(path=path)
    context.close()
    print(f"{path.relative_to(env.BASE_DIR)}: {path.stat().st_size:,} bytes")
    return path.stat().st_size


def _open(context: BrowserContext, page: str) -> Page:
    shown = context.new_page()
    shown.goto(_NEWEST.get(page, page))
    if page in _NEWEST:
        shown.locator("#result_list tbody a").first.click()
    return shown


if __name__ == "__main__":
    sys.exit(main())
