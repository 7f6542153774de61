"""Who calls: an API key becomes a Principal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from kernel import clock, ids
from kernel.errors import Forbidden
from merchants import keys
from merchants.networks import is_inside, read_address
from merchants.refusals import count_refusal
from merchants.state import Status
from tenancy.prepared import prepared
from tenancy.scope import tenant_scope

_FIND = """
SELECT key_id, digest, acquirer_id, merchant_id, store_id, terminal_id, livemode, scopes,
       allowed_networks, expires_at, revoked_at, last_used_at, standing, partner_account_id,
       partner_account_version
  FROM merchants_find_api_key(%s)
"""
_TOUCH = "UPDATE merchants_apikey SET last_used_at = %s, last_used_from = %s WHERE id = %s"
TOUCH_EVERY = timedelta(minutes=1)  # a write per payment would cost more than it tells


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: a merchant's key, and what it may use."""

    key_id: UUID
    acquirer_id: UUID
    merchant_id: UUID
    store_id: UUID | None
    terminal_id: UUID | None  # of that store
    livemode: bool
    scopes: frozenset[str]
    # The acquirer's integration for this mode; None until it has one.
    partner_account_id: UUID | None = None
    partner_account_version: datetime | None = None
    is_authenticated: bool = True

    def count_refusal(self, code: str) -> None:
        """One more call of this key was refused (live health names a key with many)."""
        count_refusal(self.key_id, self.acquirer_id, self.merchant_id, code)

    @property
    def actor(self) -> str:
        """The caller as the history names it: ``key_01j…``."""
        return ids.encode("key", self.key_id)


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer tg_test_…``; one look-up by the key's public part."""

    def authenticate(self, request: Request) -> tuple[Principal, UUID] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        kind, _, text = header.partition(" ")
        key = keys.parse_key(text.strip()) if kind.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(
                "Send the header 'Authorization: Bearer tg_test_…' with a whole API key."
            )
        principal = find_principal(key, address=request.META.get("REMOTE_ADDR", ""))
        if principal is None:
            raise AuthenticationFailed("This API key is unknown, expired or revoked.")
        return principal, principal.key_id

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="tillgate"'


@prepared()
def find_principal(key: keys.KeyText, *, address: str) -> Principal | None:
    """The caller behind ``key`` who calls from ``address``, or None.

    Raises Forbidden: ``address_not_allowed`` where the key may not be used from there,
    ``merchant_not_active`` where its merchant may not trade.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [key.lookup])
        row = cursor.fetchone()
    if row is None or not keys.is_same(bytes(row[1]), key.digest):
        return None
    key_id, _, acquirer, merchant, store, terminal, livemode, scopes, networks = row[:9]
    expires, revoked, used, standing, account, account_version = row[9:]
    now = clock.now()
    if revoked is not None or (expires is not None and expires <= now):
        count_refusal(key_id, acquirer, merchant, "invalid_api_key")
        return None
    if not is_inside(address, networks):
        count_refusal(key_id, acquirer, merchant, "address_not_allowed")
    check_address(address, networks)
    if standing != Status.ACTIVE:
        raise Forbidden("merchant_not_active", "This merchant is not active; call your acquirer.")
    principal = Principal(
        key_id,
        acquirer,
        merchant,
        store,
        terminal,
        livemode,
        frozenset(scopes),
        account,
        account_version,
    )
    if used is None or now - used >= TOUCH_EVERY:
        _note_use(principal, now, address)
    return principal


def check_address(address: str, networks: list[str]) -> None:
    """Raise Forbidden ``address_not_allowed`` for a caller from elsewhere."""
    if not is_inside(address, networks):
        raise Forbidden(
            "address_not_allowed",
            f"This API key may not be used from the address {address or 'of this request'}; "
            "your acquirer sets where it may.",
        )


def _note_use(principal: Principal, now: datetime, address: str) -> None:
    caller = str(read_address(address) or "") or None
    with (
        tenant_scope(principal.acquirer_id, principal.merchant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(_TOUCH, [now, caller, principal.key_id])
