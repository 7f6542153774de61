"""What a member of staff does to get into the console: password, then the second factor."""

from dataclasses import dataclass, field

from playwright.sync_api import Page, StorageState

from tests.browser import second_factor


@dataclass(frozen=True)
class Account:
    """Who signs in, the secret in their authenticator app, and a session of theirs."""

    email: str
    password: str = field(repr=False)
    secret: str = field(repr=False)
    session: StorageState = field(repr=False)


def enter_password(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def enrol(page: Page, email: str, password: str) -> Account:
    """The first sign-in of a role that needs a second factor: set up an authenticator app."""
    enter_password(page, email, password)
    page.goto("/account/factors/totp/activate/")
    _confirm_access(page, password)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(second_factor.code(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url(lambda url: "/recovery" in url)
    return Account(email, password, secret, page.context.storage_state())


def sign_in(page: Page, account: Account) -> None:
    """Password and code; the code of a step later, because enrolling has used this one."""
    enter_password(page, account.email, account.password)
    page.get_by_label("Code").fill(second_factor.code(account.secret, steps_ahead=1))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: url.endswith("/admin/"))


def _confirm_access(page: Page, password: str) -> None:
    """Before a factor changes, the console may ask for the password again."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)
