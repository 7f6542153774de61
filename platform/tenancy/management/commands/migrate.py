"""Django's migrate, run as the tables' owner, followed by grants and row-level security."""

from typing import Any

from django.core.management.commands import migrate

from tenancy.ownership import as_owner
from tenancy.row_security import create_role, secure_tables


class Command(migrate.Command):
    # Checks ask the database under the code's role, which the first migrate has yet to make.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(options["database"]) as connection:
            create_role(connection)
            super().handle(*args, **options)
            if not (options.get("plan") or options.get("check_unapplied")):
                secure_tables(connection)
