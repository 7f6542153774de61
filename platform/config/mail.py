"""Turns TILLGATE_SMTP_URL into Django's mail settings."""

from typing import Any
from urllib.parse import unquote, urlsplit

from config.env import BadEnvironment

_PORTS = {"smtp": 587, "smtps": 465}


def parse_smtp_url(url: str) -> dict[str, Any]:
    """``smtp://user:secret@host:587`` speaks STARTTLS, ``smtps://`` TLS from the first byte.

    Empty: mail goes nowhere. Raises BadEnvironment for anything else.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadEnvironment("TILLGATE_SMTP_URL must look like smtp://user:secret@host:587")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
