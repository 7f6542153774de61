"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from events.services import forget, wake
from events.services.deliver import deliver_due
from events.services.sweep import sweep
from tenancy.background import task


@task(wake.DELIVER)
def deliver_due_task(endpoint_id: str) -> None:
    """Deliver what is due for one endpoint."""
    deliver_due(UUID(endpoint_id))


@task("events.sweep")
def sweep_due() -> None:
    """Every second: find what is overdue and hand it out."""
    sweep()


@task("events.forget_old")
def forget_old() -> None:
    """Every hour: let go of what was told long ago."""
    forget.forget_old()
