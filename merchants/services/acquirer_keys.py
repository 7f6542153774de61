"""Acquirer keys: issued once, shown once, revoked for ever."""

from collections.abc import Iterable
from datetime import datetime

from kernel import clock
from merchants.keys import new_acquirer_key
from merchants.models import AcquirerKey
from merchants.state import ALL_ACQUIRER_SCOPES
from tenancy.models import Acquirer, Staff
from tenancy.saving import faulty, save_checked


def issue_acquirer_key(
    *,
    acquirer: Acquirer,
    label: str,
    scopes: Iterable[str] = ALL_ACQUIRER_SCOPES,
    allowed_networks: Iterable[str] = (),
    expires_at: datetime | None = None,
    created_by: Staff | None = None,
) -> tuple[AcquirerKey, str]:
    """The row and the key's text, which nobody can read again.

    Raises Rejected for a scope that does not exist or none at all, what is no network, or an
    ``expires_at`` that has passed.
    """
    key = AcquirerKey(
        acquirer=acquirer,
        label=label,
        scopes=list(dict.fromkeys(scopes)),
        allowed_networks=list(dict.fromkeys(allowed_networks)),
        expires_at=expires_at,
        created_by=created_by,
    )
    return key, issue(key)


def issue(key: AcquirerKey) -> str:
    """Save a new key and return its text, to be shown once; raises as ``issue_acquirer_key``."""
    check_acquirer_key(key)
    text, kept = new_acquirer_key()
    key.text, key.lookup, key.digest = text, kept.lookup, kept.digest
    save_checked(key)
    return text


def check_acquirer_key(key: AcquirerKey) -> None:
    """Raise Rejected, naming the field, for a key that must not be issued."""
    if not key.scopes or not set(key.scopes) <= set(ALL_ACQUIRER_SCOPES):
        raise faulty("scopes", f"One or more of: {', '.join(ALL_ACQUIRER_SCOPES)}.")
    if key.expires_at is not None and key.expires_at <= clock.now():
        raise faulty("expires_at", "Must be in the future.")


def revoke_acquirer_key(key: AcquirerKey, *, revoked_by: Staff | None = None) -> None:
    """Refuse the key from now on; a second time changes nothing."""
    AcquirerKey.objects.filter(id=key.id, revoked_at=None).update(
        revoked_at=clock.now(), revoked_by=revoked_by
    )
    key.refresh_from_db(fields=["revoked_at", "revoked_by"])
