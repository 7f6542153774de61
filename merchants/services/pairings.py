"""Pairing a web till with a terminal: a code is begun by staff, used once by a till, and ended."""

from uuid import UUID

from django.db import connection, transaction

from kernel import clock
from kernel.errors import NotFound
from merchants.models import ApiKey, Pairing, Terminal
from merchants.pairing_codes import LIFETIME, digest_code, new_code, read_code
from merchants.services.api_keys import issue_api_key, revoke_api_key
from merchants.state import TILL_SCOPES
from tenancy.models import Staff
from tenancy.saving import save_checked
from tenancy.scope import acting, tenant_scope

_FIND = "SELECT pairing_id, acquirer_id, merchant_id FROM merchants_find_pairing(%s)"


def begin_pairing(
    terminal: Terminal, *, livemode: bool, created_by: Staff | None = None
) -> tuple[Pairing, str]:
    """A new code for ``terminal`` and its text, which nobody can read again.

    It works once, within ``LIFETIME``; an earlier code of the terminal stops working.
    """
    now, code = clock.now(), new_code()
    Pairing.objects.filter(terminal=terminal, used_at=None, expires_at__gt=now).update(
        expires_at=now
    )
    pairing = Pairing(
        acquirer_id=terminal.acquirer_id,
        merchant_id=terminal.merchant_id,
        terminal=terminal,
        livemode=livemode,
        digest=digest_code(code),
        expires_at=now + LIFETIME,
        created_by=created_by,
    )
    save_checked(pairing)
    return pairing, code


def use_pairing_code(text: str) -> tuple[Pairing, str]:
    """The pairing and the new key's text. Called by who has no credentials yet, in no scope.

    Raises NotFound ``pairing_code_unknown`` for a code that is none, was used, or is too old.
    """
    code = read_code(text)
    found = None if code is None else _find(digest_code(code))
    if found is None:
        raise _unknown()
    pairing_id, acquirer_id, merchant_id = found
    with (
        tenant_scope(acquirer_id, merchant_id),
        acting(f"pairing:{pairing_id}"),
        transaction.atomic(),
    ):
        pairing = _claim(pairing_id)
        key, key_text = issue_api_key(
            merchant=pairing.merchant,
            label=f"Web till: {pairing.terminal.name}"[:64],
            livemode=pairing.livemode,
            scopes=TILL_SCOPES,
            terminal=pairing.terminal,
            created_by=pairing.created_by,
        )
        pairing.used_at, pairing.api_key = clock.now(), key
        pairing.save(update_fields=["used_at", "api_key"])
    return pairing, key_text


def list_paired_keys(terminal: Terminal) -> list[ApiKey]:
    """The usable keys that tills got for ``terminal``, oldest first."""
    rows = ApiKey.objects.filter(pairing__terminal=terminal, revoked_at=None)
    return list(rows.order_by("id"))


def end_pairings(terminal: Terminal, *, ended_by: Staff | None = None) -> int:
    """Revoke what every till of ``terminal`` was given, and its unused codes; how many tills."""
    now = clock.now()
    Pairing.objects.filter(terminal=terminal, used_at=None, expires_at__gt=now).update(
        expires_at=now
    )
    keys = list_paired_keys(terminal)
    for key in keys:
        revoke_api_key(key, revoked_by=ended_by)
    return len(keys)


def _find(digest: bytes) -> tuple[UUID, UUID, UUID] | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [digest])
        found: tuple[UUID, UUID, UUID] | None = cursor.fetchone()
    return found


def _claim(pairing_id: UUID) -> Pairing:
    """Of two tills that send one code at once, the second waits here and finds it used."""
    rows = Pairing.objects.select_for_update(of=("self",), no_key=True).select_related(
        "merchant", "terminal__store"
    )
    pairing = rows.get(id=pairing_id)
    if pairing.used_at is not None or pairing.expires_at <= clock.now():
        raise _unknown()
    return pairing


def _unknown() -> NotFound:
    return NotFound(
        "pairing_code_unknown",
        "This code is wrong, was used already, or is older than 10 minutes; ask for a new one.",
    )
