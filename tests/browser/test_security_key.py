"""A security key as the second factor, played by the browser's own virtual authenticator."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser.conftest import PATIENCE_MS, World
from tests.browser.console import enter_password
from tests.browser.people import NewStaff, add_staff


@pytest.fixture
def staff(world: World) -> NewStaff:
    """A finance officer of the acquirer who has never signed in."""
    return add_staff(world, role="finance")


@pytest.fixture
def context(chromium: Browser, world: World, watched: Any) -> Iterator[BrowserContext]:
    """At localhost: keys are for names, and a browser offers them to no bare address."""
    url = world.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=url)
    context.set_default_timeout(PATIENCE_MS)
    context.on("page", watched.follow)
    yield context
    context.close()
    assert watched.unexpected() == []


def plug_in_key(page: Page) -> CDPSession:
    """A key with a fingerprint reader, held by the right finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def enrol_key(page: Page, staff: NewStaff) -> None:
    enter_password(page, staff.email, staff.password)
    expect(page.get_by_text("Your role needs a second factor")).to_be_visible()
    page.goto("/account/factors/webauthn/add/")
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(staff.password)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)


def sign_out(page: Page) -> None:
    page.goto("/account/sessions/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(lambda url: url.endswith("/account/login/"))


def test_a_key_is_set_up_and_opens_the_console(page: Page, staff: NewStaff) -> None:
    plug_in_key(page)
    enrol_key(page, staff)
    page.goto("/admin/")
    expect(page).to_have_url(re.compile(r"/admin/$"))
    sign_out(page)

    enter_password(page, staff.email, staff.password)
    expect(page).to_have_url(re.compile("/factors/authenticate/"))
    page.get_by_role("button", name="Use a security key").click()

    page.wait_for_url(lambda url: url.endswith("/admin/"))


def test_a_password_without_the_key_opens_nothing(page: Page, staff: NewStaff) -> None:
    session = plug_in_key(page)
    enrol_key(page, staff)
    sign_out(page)
    session.send("WebAuthn.disable")

    enter_password(page, staff.email, staff.password)

    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/account/"))
