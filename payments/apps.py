"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"

    def ready(self) -> None:
        """Put this app's kinds of proposal into their table."""
        from payments.services import resolve, staff_refund  # noqa: F401
