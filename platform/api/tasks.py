"""Celery's tasks: they parse and call."""

from tenancy.background import task
from tenancy.retention import forget_old


@task("api.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Every day: let go of idempotency keys that are old."""
    forget_old("api_idempotencykey")
