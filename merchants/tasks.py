"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from celery import shared_task

from merchants.presentation import show_api_key
from merchants.services import (
    drive_registration,
    sweep_registrations,
    tell_expiry,
)
from merchants.services.imports import IMPORTS
from tenancy.postgres import release_connection


@shared_task(name="merchants.sweep_registrations")
def sweep_due_registrations() -> None:
    """Every few seconds: announce new stores, and ask about those that Alipay looks at."""
    try:
        sweep_registrations.sweep()
    finally:
        release_connection()


@shared_task(name=drive_registration.REGISTRATIONS.task)
def drive_one_registration(registration_id: str, acquirer_id: str) -> None:
    """Take one registration a step on."""
    try:
        drive_registration.drive_registration(UUID(registration_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="merchants.sweep_imports")
def sweep_due_imports() -> None:
    """Every few seconds: sheets that wait to be checked or taken."""
    try:
        IMPORTS.sweep()
    finally:
        release_connection()


@shared_task(name=IMPORTS.task)
def drive_one_import(import_id: str, acquirer_id: str) -> None:
    """Check or take one sheet."""
    try:
        IMPORTS.drive(UUID(import_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="merchants.tell_expiry")
def tell_of_keys_that_end() -> None:
    """Every ten minutes: notices of keys that end within days."""
    try:
        tell_expiry.tell_expiry(show_api_key)
    finally:
        release_connection()
