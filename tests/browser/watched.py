"""Keeps what goes wrong on a page while a test looks elsewhere: errors, failures, broken policy."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request, Response


@dataclass
class Watched:
    """What a page complained of. What a test provokes on purpose it says by ``expect`` first."""

    complaints: list[str] = field(default_factory=list)
    # Browsers ask for this by themselves; that it is missing is nobody's fault.
    expected: list[re.Pattern[str]] = field(default_factory=lambda: [re.compile("/favicon.ico")])

    def expect(self, pattern: str) -> None:
        """Complaints that match are part of this test."""
        self.expected.append(re.compile(pattern))

    def follow(self, page: Page) -> None:
        """Listen to ``page`` from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def unexpected(self) -> list[str]:
        """What nobody expected, in the order it came. A refused policy is a console error."""
        return [
            complaint
            for complaint in self.complaints
            if not any(pattern.search(complaint) for pattern in self.expected)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.complaints.append(f"console {message.type}: {message.text} ({where})")

    def _failed(self, request: Request) -> None:
        # A page that is left drops what it was loading: no fault of either page.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"request: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            address = f"{response.request.method} {response.url}"
            self.complaints.append(f"answer {response.status}: {address}")
