"""Celery's tasks: they parse and call."""

from celery import shared_task

from api import old_keys
from tenancy.postgres import release_connection


@shared_task(name="api.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Every day: let go of idempotency keys that are old."""
    try:
        old_keys.forget_old()
    finally:
        release_connection()
