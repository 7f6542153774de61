"""Celery's tasks: they parse and call."""

import structlog

from ledger.closing import close_books, last_midnight
from tenancy.background import task
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)


@task("ledger.close")
def close() -> None:
    """Daily: note what every account stood at at midnight."""
    with platform_scope():
        moment = last_midnight()
        log.info("books_closed", at=moment.isoformat(), accounts=close_books(moment))
