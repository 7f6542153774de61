"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from celery import shared_task

from portal.services.roll_up import roll_up
from tenancy.postgres import release_connection


@shared_task(name="portal.roll_up")
def roll_up_figures() -> None:
    """Every ten seconds: count what has changed."""
    try:
        roll_up()
    finally:
        release_connection()
