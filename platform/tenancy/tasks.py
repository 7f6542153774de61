"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from django.contrib.sessions.backends.db import SessionStore

from tenancy.background import task
from tenancy.signin import letters, tries


@task(letters.SEND_LINK)
def send_link(kind: str, email: str) -> None:
    """Send a link to choose a password, if the address is somebody's."""
    letters.send_link(kind, email)


@task(letters.SEND_LETTER)
def send_letter(subject: str, text: str, email: str) -> None:
    """Send a letter that is written already."""
    letters.send_letter(subject, text, email)


@task("tenancy.forget_sign_ins")
def forget_sign_ins() -> None:
    """Every hour: let go of sessions that are over and of tries that no longer count."""
    SessionStore.clear_expired()
    tries.forget_old()
