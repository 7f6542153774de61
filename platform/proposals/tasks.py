"""Celery's tasks: they parse and call."""

from proposals.services.expire import expire_old
from tenancy.background import task


@task("proposals.expire")
def expire() -> None:
    """Every minute: end the proposals that nobody decided in time."""
    expire_old()
