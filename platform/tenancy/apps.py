"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from tenancy.readonly_fields import install
        from tenancy.signin.wiring import connect

        connect()
        install()
