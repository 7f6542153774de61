"""Celery's tasks: they parse and call."""

from celery import shared_task

from proposals.services.expire import expire_old
from tenancy.postgres import release_connection


@shared_task(name="proposals.expire")
def expire() -> None:
    """Every minute: end the proposals that nobody decided in time."""
    try:
        expire_old()
    finally:
        release_connection()
