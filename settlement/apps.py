"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "settlement"
    label = "settlement"

    def ready(self) -> None:
        from merchants.admin.panels import add_panel
        from settlement.admin.fees_of_merchant import render_fees

        add_panel(render_fees)
