"""The e-mails about signing in: handed to a worker, so that no page waits for a mail server.

How long a page takes must not tell whether an address is somebody's: the page of a forgotten
password hands over what was typed, and only the worker looks. Letters may get lost with the broker;
whoever waits for one asks again, and the audit trail has what they tell.
"""

import redis
import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from tenancy.models import Staff
from tenancy.owed_mail import send
from tenancy.signin.links import make_link

log = structlog.get_logger(__name__)

SEND_LINK = "tenancy.send_link"
SEND_LETTER = "tenancy.send_letter"
_LIFE_SECONDS = 3600  # an older letter surprises more than it helps

_LINKS = {
    "reset": (
        "Choose a new password",
        (
            "Somebody, we hope you, asked for a new password of the Tillgate console.\n\n"
            "Choose it here:\n\n  {url}\n\n"
            "The link works once, for {hours} hours. If it was not you, do nothing: your password\n"
            "stays, and your second factor is asked for as ever.\n"
        ),
    ),
    "invitation": (
        "Your account of the Tillgate console",
        (
            "{name}, an account of the Tillgate console was made for you ({role}).\n\n"
            "Choose your password here:\n\n  {url}\n\n"
            "The link works once, for {hours} hours. Then sign in with this e-mail address:\n\n"
            "  {sign_in}\n"
        ),
    ),
}


def hand_link(kind: str, email: str) -> None:
    """Have a link to choose a password sent to ``email``, if it is somebody's."""
    _hand_out(SEND_LINK, kind, email)


def hand_letter(subject: str, text: str, email: str) -> None:
    """Have ``text`` sent to ``email``."""
    _hand_out(SEND_LETTER, subject, text, email)


def is_mail_set_up() -> bool:
    """Whether letters go anywhere (TILLGATE_SMTP_URL)."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send_link(kind: str, email: str) -> bool:
    """In the worker: write the link's letter and send it; whether it went out."""
    staff = Staff.objects.filter(email=email.strip().lower(), is_active=True).first()
    if staff is None:
        return False
    subject, text = _LINKS[kind]
    letter = text.format(
        name=staff.name,
        role=staff.get_role_display(),
        url=make_link(staff),
        sign_in=f"{settings.PUBLIC_URL}/admin/",
        hours=settings.PASSWORD_RESET_TIMEOUT // 3600,
    )
    return send_letter(subject, letter, staff.email)


def send_letter(subject: str, text: str, email: str) -> bool:
    """In the worker: send one letter; whether it went out."""
    whole = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"
    return send([email], whole, text, failed="letter_not_sent")


def _hand_out(task: str, *args: str) -> None:
    try:
        current_app.send_task(task, args=args, expires=_LIFE_SECONDS, retry=False)
    except (OperationalError, redis.RedisError, OSError) as error:
        log.warning("letter_not_handed_out", error=type(error).__name__)
