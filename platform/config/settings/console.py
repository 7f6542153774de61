"""The theme of the console (django-unfold): our name, our colours, and what the sidebar holds."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

# Blue 50 to 950; white on 600 and 600 on white keep the contrast that WCAG AA asks for.
_BLUE = {
    "50": "#eff5ff", "100": "#dbe8fe", "200": "#bfd7fe", "300": "#93bbfd", "400": "#609afa",
    "500": "#3b7bf6", "600": "#2563eb", "700": "#1d4fd8", "800": "#1e40af", "900": "#1e3a8a",
    "950": "#172554",
}  # fmt: skip

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Tillgate",
    "SITE_HEADER": "Tillgate",
    "SITE_SUBHEADER": "config.console.sidebar.time_zone",
    "SITE_URL": "/admin/",
    "SITE_ICON": lambda request: static("console/mark.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("console/mark.svg"),
        }
    ],
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("choose_language")},
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "portal.dashboard.page.fill",
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": _BLUE},
    "STYLES": [
        lambda request: static("console/panels.css"),
        lambda request: static("console/theme.css"),
    ],
    "SCRIPTS": [lambda request: static("console/copy.js")],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("Sessions"), "link": reverse_lazy("usersessions_list")},
            {"title": _("REST API reference"), "link": reverse_lazy("docs")},
        ]
    },
    "COMMAND": {"search_callback": "config.console.search.search", "show_history": False},
    "SIDEBAR": {"command_search": True},
}
