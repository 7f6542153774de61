"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
    label = "proposals"

    def ready(self) -> None:
        """Put this app's own kind into the table of kinds."""
        from proposals.services import rules  # noqa: F401
