"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from celery import shared_task

from events.services import forget, wake
from events.services.deliver import deliver_due
from events.services.sweep import sweep
from tenancy.postgres import release_connection


@shared_task(name=wake.DELIVER)
def deliver_due_task(endpoint_id: str) -> None:
    """Deliver what is due for one endpoint."""
    try:
        deliver_due(UUID(endpoint_id))
    finally:
        release_connection()


@shared_task(name="events.sweep")
def sweep_due() -> None:
    """Every second: find what is overdue and hand it out."""
    try:
        sweep()
    finally:
        release_connection()


@shared_task(name="events.forget_old")
def forget_old() -> None:
    """Every hour: let go of what was told long ago."""
    try:
        forget.forget_old()
    finally:
        release_connection()
