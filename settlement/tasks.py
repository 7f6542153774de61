"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from celery import shared_task

from settlement.services.check_books import check_due_books
from settlement.services.sweep import settle_ended_days
from tenancy.postgres import release_connection


@shared_task(name="settlement.settle_ended_days")
def settle_ended() -> None:
    """Every five minutes: settle the days that have ended."""
    try:
        settle_ended_days()
    finally:
        release_connection()


@shared_task(name="settlement.check_books")
def check_books() -> None:
    """Every hour: the books of each acquirer that had no check for a day."""
    try:
        check_due_books()
    finally:
        release_connection()
