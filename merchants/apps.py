"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "merchants"
    label = "merchants"

    def ready(self) -> None:
        from merchants.services import bank_accounts  # noqa: F401 - a kind of proposal
        from merchants.wiring import connect

        connect()
