"""Django's makemigrations as the tables' owner: a new database does not know the code's role."""

from typing import Any

from django.core.management.commands import makemigrations
from django.db import DEFAULT_DB_ALIAS

from tenancy.ownership import as_owner


class Command(makemigrations.Command):
    def handle(self, *app_labels: str, **options: Any) -> None:
        with as_owner(DEFAULT_DB_ALIAS):
            super().handle(*app_labels, **options)
