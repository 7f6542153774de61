"""What other apps show on a merchant's page: they are above this one, and add it themselves."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from merchants.models import Merchant

Panel = Callable[[HttpRequest, Merchant], SafeString]
_PANELS: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Show it on every merchant's page; called once per app, when it is ready."""
    if panel not in _PANELS:
        _PANELS.append(panel)


def render_panels(request: HttpRequest, merchant: Merchant) -> SafeString:
    """Each panel in the order in which it was added."""
    return format_html_join("", "{}", ((panel(request, merchant),) for panel in _PANELS))
