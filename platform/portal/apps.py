"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from merchants.admin.panels import add_panel
        from portal.merchant_panel import render_money

        add_panel(render_money)
