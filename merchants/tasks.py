"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from merchants.presentation import show_api_key
from merchants.services import (
    drive_registration,
    sweep_registrations,
    tell_expiry,
)
from merchants.services.imports import IMPORTS
from tenancy.background import task


@task("merchants.sweep_registrations")
def sweep_due_registrations() -> None:
    """Every few seconds: announce new stores, and ask about those that Alipay looks at."""
    sweep_registrations.sweep()


@task(drive_registration.REGISTRATIONS.task)
def drive_one_registration(registration_id: str, acquirer_id: str) -> None:
    """Take one registration a step on."""
    drive_registration.drive_registration(UUID(registration_id), acquirer_id=UUID(acquirer_id))


@task("merchants.sweep_imports")
def sweep_due_imports() -> None:
    """Every few seconds: sheets that wait to be checked or taken."""
    IMPORTS.sweep()


@task(IMPORTS.task)
def drive_one_import(import_id: str, acquirer_id: str) -> None:
    """Check or take one sheet."""
    IMPORTS.drive(UUID(import_id), acquirer_id=UUID(acquirer_id))


@task("merchants.tell_expiry")
def tell_of_keys_that_end() -> None:
    """Every ten minutes: notices of keys that end within days."""
    tell_expiry.tell_expiry(show_api_key)
