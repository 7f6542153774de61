"""The console's site: Unfold's, with a sidebar of ours, and with the list of all pages only where a
page shows that list."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite

from config.console.sidebar import navigation


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]  # the theme has no types
    """Django makes the list of all tables, with rights and addresses, for each page; ours has a
    sidebar of its own (``config.console.sidebar``), so that it was a sixth of every page's time."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """The list as Django's, made when somebody looks at it."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Ours as it is: the theme copies it and looks for callbacks in each entry."""
        return navigation(request)
