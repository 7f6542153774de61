"""Which pages of docs/reference are printed from the code, and by what."""

from collections.abc import Callable

from config.reference import (
    commands_page,
    events_page,
    failures_page,
    roles_page,
    routes_page,
    settings_page,
)
from connectors.alipay.code_table import render_code_table

PAGES: dict[str, Callable[[], str]] = {
    "alipay-codes.md": render_code_table,
    "commands.md": commands_page.render,
    "events.md": events_page.render,
    "failures.md": failures_page.render,
    "roles.md": roles_page.render,
    "routes.md": routes_page.render,
    "settings.md": settings_page.render,
}
