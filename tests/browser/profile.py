"""A browser's profile that tests use one after the other, each as if it were new.

To make a profile, its process and the first page in it takes the browser two seconds of CPU.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page


class Profile:
    """One context; a page of it stays open, so that its process stays too."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._kept = context.new_page()
        self._kept.goto("/healthz")

    @contextmanager
    def lent(self, follow: Callable[[Page], None]) -> Iterator[BrowserContext]:
        """To one test: ``follow`` sees the pages that it opens; what it leaves is removed."""
        self._context.on("page", follow)
        try:
            yield self._context
        finally:
            self._context.remove_listener("page", follow)
            self._empty()

    def _empty(self) -> None:
        for page in self._context.pages:
            if page is not self._kept:
                page.close()
        self._context.unroute_all()
        self._context.set_offline(False)
        self._context.clear_permissions()
        self._context.clear_cookies()
        self._kept.evaluate("localStorage.clear()")  # all that our pages keep beside cookies
