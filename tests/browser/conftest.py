"""A running system, a real Chromium that looks at it, and pages that may not complain."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from config.demonstration.stage import SignIn, prepare_stages
from config.supervisor import Supervisor
from demo.stage import Stage
from tests.browser.chromium import ARGUMENTS, NoChromium, find_chromium
from tests.browser.console import Account, enrol
from tests.browser.profile import Profile
from tests.browser.watched import Watched
from tests.browser.web_till import make_code, pair, set_pin, view
from tests.prepared import bring_tables
from tests.running import running_system

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
REFUND_PIN = "480173"
PATIENCE_MS = 30_000.0  # the machine may be busy; nothing passes or fails by being quick


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """Tell the fixtures below whether the test has failed."""
    report = yield
    if call.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class World:
    """The running system, and one acquirer in it with two merchants."""

    system: Supervisor
    stage: Stage
    sign_in: SignIn = field(repr=False)

    @property
    def url(self) -> str:
        return self.system.web_url


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser; each test's context has a new, empty profile."""
    try:
        path = find_chromium()
    except NoChromium as missing:
        pytest.skip(str(missing))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def world(chromium: Browser, django_db_setup: None) -> Iterator[World]:
    """Started after the browser: where there is none, nothing is waited for."""
    with running_system(bring_tables) as system:
        [(stage, sign_in)] = prepare_stages(system, 1)
        yield World(system, stage, sign_in)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture(scope="package")
def profiles(chromium: Browser, world: World) -> Iterator[dict[bool, Profile]]:
    """By whether the screen is a phone's."""
    with ExitStack() as stack:
        yield {
            is_phone: Profile(stack.enter_context(_new_context(chromium, world, is_phone=is_phone)))
            for is_phone in (False, True)
        }


def _new_context(chromium: Browser, world: World, *, is_phone: bool) -> BrowserContext:
    context = chromium.new_context(
        base_url=world.url,
        viewport=PHONE if is_phone else DESK,
        has_touch=is_phone,
        reduced_motion="reduce",  # drawing what moves took a sixth of a core from all tests
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def context(
    profiles: dict[bool, Profile], request: pytest.FixtureRequest, watched: Watched
) -> Iterator[BrowserContext]:
    """An empty profile; mark a test with ``phone`` to have a small screen."""
    is_phone = request.node.get_closest_marker("phone") is not None
    with profiles[is_phone].lent(watched.follow) as context:
        yield context
        if request.node.stash.get(_FAILED, False):
            _keep_pictures(context, request.node.name)
    assert watched.unexpected() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def console(context: BrowserContext, account: Account) -> Page:
    """A page of the console, signed in already."""
    context.add_cookies(account.session["cookies"])  # type: ignore[arg-type]
    return context.new_page()


@pytest.fixture
def till(context: BrowserContext, paired: StorageState) -> Page:
    """A web till that stands at its amount."""
    context.add_cookies(paired["cookies"])  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script("localStorage.setItem('tillgate.paired', '1')")
    page.goto("/till/")
    view(page, "amount")
    return page


@pytest.fixture(scope="package")
def paired(chromium: Browser, world: World, account: Account) -> StorageState:
    """What a browser keeps that was paired with the merchant's terminal."""
    with chromium.new_context(base_url=world.url) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(account.session["cookies"])  # type: ignore[arg-type]
        console = context.new_page()
        set_pin(console, REFUND_PIN)
        pair(context.new_page(), make_code(console))
        return context.storage_state()


@pytest.fixture(scope="package")
def account(chromium: Browser, world: World) -> Account:
    """The acquirer's owner, who has set up a second factor."""
    with chromium.new_context(base_url=world.url) as context:
        context.set_default_timeout(PATIENCE_MS)
        return enrol(context.new_page(), world.sign_in.email, world.sign_in.password)


def _keep_pictures(context: BrowserContext, name: str) -> None:
    """Where a failure is looked at: the folder that TILLGATE_PICTURES names, or .data/pictures."""
    folder = Path(os.environ.get("TILLGATE_PICTURES", ".data/pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(context.pages):
        page.screenshot(path=folder / f"{re.sub(r'[^A-Za-z0-9_]+', '-', name)}-{number}.png")
