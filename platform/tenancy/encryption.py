"""Secrets at rest: a text column that PostgreSQL only ever sees encrypted (law 11)."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from tenancy.envelope import BadEnvelope, BadMasterKey, MasterKey, read_master_key, seal, unseal


def master_keys() -> tuple[MasterKey, ...]:
    """The keys that are set, newest first; raises ImproperlyConfigured for none or a faulty one."""
    if not settings.MASTER_KEYS:
        raise ImproperlyConfigured("TILLGATE_MASTER_KEYS holds no key")
    try:
        return tuple(map(read_master_key, settings.MASTER_KEYS))
    except BadMasterKey as error:
        raise ImproperlyConfigured(f"TILLGATE_MASTER_KEYS: {error}") from None


def encrypt(plain: str) -> str:
    """``plain`` in an envelope under the newest master key."""
    return seal(plain, master_keys()[0])


def decrypt(envelope: str) -> str:
    """The text inside, whichever key is its; ImproperlyConfigured if none that is set is."""
    try:
        return unseal(envelope, master_keys())
    except BadEnvelope as error:
        raise ImproperlyConfigured(f"a secret cannot be opened: {error}") from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted when written and decrypted when read; it cannot be searched.

    ``manage.py rotate_keys`` finds every such column by itself (tenancy/rotation.py).
    """

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return decrypt(value) if value else value
