"""API keys: issued once, shown once, revoked for ever."""

from collections.abc import Iterable
from datetime import datetime

from kernel import clock
from merchants.keys import new_key
from merchants.models import ApiKey, Merchant, Store
from merchants.state import ALL_SCOPES
from tenancy.models import Staff
from tenancy.saving import faulty, save_checked


def issue_api_key(
    *,
    merchant: Merchant,
    label: str,
    livemode: bool,
    scopes: Iterable[str] = ALL_SCOPES,
    store: Store | None = None,
    expires_at: datetime | None = None,
    created_by: Staff | None = None,
) -> tuple[ApiKey, str]:
    """The row and the key's text, which nobody can read again.

    With ``store`` the key is bound to that store. Raises Rejected for a scope that does not exist
    or none at all, a store of somebody else, or an ``expires_at`` that has passed.
    """
    wanted = list(dict.fromkeys(scopes))
    _check(merchant, wanted, store, expires_at)
    text, kept = new_key(livemode=livemode)
    key = ApiKey(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        store=store,
        label=label,
        livemode=livemode,
        lookup=kept.lookup,
        digest=kept.digest,
        scopes=wanted,
        expires_at=expires_at,
        created_by=created_by,
    )
    save_checked(key)
    return key, text


def revoke_api_key(key: ApiKey) -> None:
    """Refuse the key from now on; a second time changes nothing."""
    ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db(fields=["revoked_at"])


def _check(
    merchant: Merchant, scopes: list[str], store: Store | None, expires_at: datetime | None
) -> None:
    unknown = [scope for scope in scopes if scope not in ALL_SCOPES]
    if unknown or not scopes:
        raise faulty("scopes", f"One or more of: {', '.join(ALL_SCOPES)}.")
    if store is not None and store.merchant_id != merchant.id:
        raise faulty("store", "This store belongs to another merchant.")
    if expires_at is not None and expires_at <= clock.now():
        raise faulty("expires_at", "Must be in the future.")
