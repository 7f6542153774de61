"""Celery's tasks: they parse and call."""

from celery import shared_task

from tenancy.postgres import release_connection
from tenancy.retention import forget_old


@shared_task(name="api.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Every day: let go of idempotency keys that are old."""
    try:
        forget_old("api_idempotencykey")
    finally:
        release_connection()
