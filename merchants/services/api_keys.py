"""API keys: issued once, shown once, revoked for ever."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from kernel import clock
from merchants.keys import new_key
from merchants.models import ApiKey, Merchant, Store, Terminal
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
    terminal: Terminal | None = None,
    allowed_networks: Iterable[str] = (),
    expires_at: datetime | None = None,
    created_by: Staff | None = None,
) -> tuple[ApiKey, str]:
    """The row and the key's text, which nobody can read again.

    With ``store`` the key is bound to that store, with ``terminal`` to that terminal of it, with
    ``allowed_networks`` (CIDR) to callers from there. Raises Rejected for a scope that does not
    exist or none at all, a store or terminal of somebody else, what is no network, or an
    ``expires_at`` that has passed.
    """
    wanted = list(dict.fromkeys(scopes))
    if terminal is not None and store is None:
        store = terminal.store
    check_api_key(
        merchant=merchant, scopes=wanted, store=store, terminal=terminal, expires_at=expires_at
    )
    key = ApiKey(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        store=store,
        terminal=terminal,
        allowed_networks=list(dict.fromkeys(allowed_networks)),
        label=label,
        livemode=livemode,
        scopes=wanted,
        expires_at=expires_at,
        created_by=created_by,
    )
    text = give_secret(key)
    save_checked(key)
    return key, text


def give_secret(key: ApiKey) -> str:
    """Make the text of an unsaved key, set what is kept of it, and return it to be shown once."""
    text, kept = new_key(livemode=key.livemode)
    key.lookup, key.digest = kept.lookup, kept.digest
    return text


def revoke_api_key(key: ApiKey) -> None:
    """Refuse the key from now on; a second time changes nothing."""
    ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db(fields=["revoked_at"])


def check_api_key(
    *,
    merchant: Merchant,
    scopes: Sequence[str],
    store: Store | None,
    terminal: Terminal | None = None,
    expires_at: datetime | None,
) -> None:
    """Raise Rejected, naming the field, for a key that must not be issued."""
    if not scopes or not set(scopes) <= set(ALL_SCOPES):
        raise faulty("scopes", f"One or more of: {', '.join(ALL_SCOPES)}.")
    if store is not None and store.merchant_id != merchant.id:
        raise faulty("store", "This store belongs to another merchant.")
    if terminal is not None and (store is None or terminal.store_id != store.id):
        raise faulty("terminal", "This terminal belongs to another store.")
    if expires_at is not None and expires_at <= clock.now():
        raise faulty("expires_at", "Must be in the future.")
