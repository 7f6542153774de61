"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "merchants"
    label = "merchants"

    def ready(self) -> None:
        from merchants.services import (  # noqa: F401 - kinds of proposals
            bank_accounts,
            live_keys,
            partner_keys,
        )
        from merchants.wiring import connect

        connect()
