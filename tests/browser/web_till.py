"""What a cashier and a member of staff do with a web till."""

import re

from playwright.sync_api import Page, expect

from demo.answer import Answer
from demo.simulator import Simulator
from demo.stage import Stage


def make_code(console: Page, terminal: str = "Till 1") -> str:
    """Staff: the one-time code from the terminal's page."""
    console.goto("/admin/merchants/terminal/")
    console.get_by_role("link", name=terminal, exact=True).last.click()
    console.get_by_role("link", name="Pair a till").click()
    console.get_by_role("button", name="Pair a till").click()
    return console.locator(".tg-secret").inner_text().strip()


def set_pin(console: Page, pin: str, terminal: str = "Till 1") -> None:
    """Staff: the PIN for refunds."""
    console.goto("/admin/merchants/terminal/")
    console.get_by_role("link", name=terminal, exact=True).last.click()
    console.get_by_role("link", name="Set the refund PIN").click()
    console.get_by_label("PIN of six digits").fill(pin)
    console.get_by_role("button", name="Set the refund PIN").click()
    expect(console.get_by_text("The PIN is set.")).to_be_visible()


def pair(till: Page, code: str) -> None:
    till.goto("/till/")
    till.get_by_label("Code").fill(code)
    till.get_by_role("button", name="Pair").click()
    expect(till.locator("#view")).to_have_attribute("data-view", "amount")


def enter(till: Page, digits: str) -> None:
    """Type the amount on the pad."""
    pad = till.get_by_role("group", name=re.compile("Amount|金额|金額"))
    for digit in digits:
        pad.get_by_role("button", name=digit, exact=True).click()


def scan(till: Page, code: str, *, ends: str = "Enter") -> None:
    """A hardware scanner: all of its keys at once, wherever the focus is."""
    till.evaluate(
        """([keys]) => {
            const how = { bubbles: true, cancelable: true };
            for (const key of keys) {
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, ...how }));
            }
        }""",
        [[*code, *([ends] if ends else [])]],
    )


def view(till: Page, name: str) -> None:
    """The till shows this view."""
    expect(till.locator("#view")).to_have_attribute("data-view", name, timeout=60_000)


def simulator(stage: Stage) -> Simulator:
    """Alipay's side of the counter."""

    def unheard(answer: Answer) -> None:
        """Nobody is told."""

    return Simulator(stage.sandbox_url, stage.partner_id, heard=unheard)
