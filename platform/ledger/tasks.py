"""Celery's tasks: they parse and call."""

import structlog
from celery import shared_task

from ledger.closing import close_books, last_midnight
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)


@shared_task(name="ledger.close")
def close() -> None:
    """Daily: note what every account stood at at midnight."""
    try:
        with platform_scope():
            moment = last_midnight()
            log.info("books_closed", at=moment.isoformat(), accounts=close_books(moment))
    finally:
        release_connection()
