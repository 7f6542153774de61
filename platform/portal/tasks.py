"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from portal.services.analyse import analyse
from portal.services.forget import forget_slots
from portal.services.roll_up import roll_up
from portal.services.tell_operations import tell_operations
from portal.services.watch import watch_rates, watch_silence
from tenancy.background import task


@task("portal.roll_up")
def roll_up_figures() -> None:
    """Every ten seconds: count what has changed."""
    roll_up()


@task("portal.watch")
def watch() -> None:
    """Every twenty seconds: name the trouble, see what has ended, tell operations."""
    watch_rates()
    tell_operations()


@task("portal.watch_silence")
def watch_for_silence() -> None:
    """Every two minutes: who sells nothing at an hour of sales."""
    watch_silence()


@task("portal.forget_slots")
def forget_old_slots() -> None:
    """Every hour: delete the figures by terminal that nobody asks for any more."""
    forget_slots()


@task("portal.analyse")
def analyse_customers() -> None:
    """Every minute: count the days that have changed, and analyse whose customers it touches."""
    analyse()
