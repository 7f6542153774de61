"""Django's flush, run as the tables' owner: the code's role may not empty tables."""

from typing import Any

from django.core.management.commands import flush

from tenancy.ownership import as_owner


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(**options)
