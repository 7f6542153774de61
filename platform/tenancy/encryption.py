"""Secrets at rest: a text column that PostgreSQL only ever sees encrypted (law 11)."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("TILLGATE_ENCRYPTION_KEYS holds no key")
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(plain: str) -> str:
    """``plain`` under the newest key."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS)).encrypt(plain.encode()).decode()


def decrypt(token: str) -> str:
    """The text behind ``token``, whichever key made it; ImproperlyConfigured if none did."""
    try:
        return _cipher(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured("a secret was encrypted with a key that is not set") from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted when written and decrypted when read; it cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return decrypt(value) if value else value
