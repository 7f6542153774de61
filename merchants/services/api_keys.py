"""API keys: issued once, shown once, rolled with overlap, revoked for ever."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from kernel import clock
from merchants.keys import new_key
from merchants.models import ApiKey, Merchant, Store, Terminal
from merchants.state import ALL_SCOPES
from tenancy.models import Staff
from tenancy.saving import faulty, save_checked

LONGEST_OVERLAP = timedelta(days=90)


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
    key = ApiKey(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        store=terminal.store if terminal is not None and store is None else store,
        terminal=terminal,
        allowed_networks=list(dict.fromkeys(allowed_networks)),
        label=label,
        livemode=livemode,
        scopes=list(dict.fromkeys(scopes)),
        expires_at=expires_at,
        created_by=created_by,
    )
    return key, issue(key)


def issue(key: ApiKey) -> str:
    """Save a new key and return its text, to be shown once; raises as ``issue_api_key``."""
    check_api_key(key)
    text, kept = new_key(livemode=key.livemode)
    key.text, key.lookup, key.digest = text, kept.lookup, kept.digest
    save_checked(key)
    return text


def roll_api_key(
    key: ApiKey, *, overlap: timedelta, rolled_by: Staff | None = None
) -> tuple[ApiKey, str]:
    """A new key with the same rights, and its text; the old one ends when ``overlap`` is over.

    A key with an end is followed by one that lives as long as it was to live. Raises Rejected for
    a key that is not usable or was rolled already, or an overlap that is negative or above
    ``LONGEST_OVERLAP``.
    """
    check_overlap(overlap)
    with transaction.atomic():  # of two at once, the second meets the first one's key
        old = ApiKey.objects.select_for_update(of=("self",), no_key=True).get(id=key.id)
        _check_may_be_rolled(old)
        new = _successor(old, rolled_by)
        text = issue(new)
        end = clock.now() + overlap
        old.expires_at = min(old.expires_at or end, end)
        old.save(update_fields=["expires_at"])
    key.expires_at = old.expires_at
    return new, text


def revoke_api_key(key: ApiKey, *, revoked_by: Staff | None = None) -> None:
    """Refuse the key from now on; a second time changes nothing."""
    ApiKey.objects.filter(id=key.id, revoked_at=None).update(
        revoked_at=clock.now(), revoked_by=revoked_by
    )
    key.refresh_from_db(fields=["revoked_at", "revoked_by"])


def check_overlap(overlap: timedelta) -> None:
    """Raise Rejected for an overlap that is negative or above ``LONGEST_OVERLAP``."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise faulty("overlap", f"From nothing to {LONGEST_OVERLAP.days} days.")


def check_api_key(key: ApiKey) -> None:
    """Raise Rejected, naming the field, for a key that must not be issued."""
    if not key.scopes or not set(key.scopes) <= set(ALL_SCOPES):
        raise faulty("scopes", f"One or more of: {', '.join(ALL_SCOPES)}.")
    if key.store is not None and key.store.merchant_id != key.merchant_id:
        raise faulty("store", "This store belongs to another merchant.")
    if key.terminal is not None and key.terminal.store_id != key.store_id:
        raise faulty("terminal", "This terminal belongs to another store.")
    if key.expires_at is not None and key.expires_at <= clock.now():
        raise faulty("expires_at", "Must be in the future.")


def _check_may_be_rolled(key: ApiKey) -> None:
    if not key.is_usable:
        raise faulty("key", "This key is revoked or expired; issue a new one.")
    if (
        newer := next((each for each in key.replaced_by.all() if each.is_usable), None)
    ) is not None:
        raise faulty(
            "key", f"{newer.public_id} replaces this key already: roll or revoke that one."
        )


def _successor(old: ApiKey, rolled_by: Staff | None) -> ApiKey:
    end = old.expires_at
    return ApiKey(
        acquirer_id=old.acquirer_id,
        merchant=old.merchant,
        store=old.store,
        terminal=old.terminal,
        allowed_networks=old.allowed_networks,
        label=old.label,
        livemode=old.livemode,
        scopes=old.scopes,
        expires_at=None if end is None else clock.now() + (end - old.created_at),
        created_by=rolled_by,
        replaces=old,
    )
