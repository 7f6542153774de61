"""Who calls for an acquirer: an acquirer key becomes an AcquirerPrincipal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from kernel import clock, ids
from kernel.errors import Forbidden
from merchants import keys
from merchants.authentication import TOUCH_EVERY, check_address
from merchants.models import AcquirerKey
from merchants.networks import read_address
from tenancy.scope import tenant_scope

_FIND = """
SELECT key_id, digest, acquirer_id, scopes, allowed_networks, expires_at, revoked_at, last_used_at,
       standing
  FROM merchants_find_acquirer_key(%s)
"""


@dataclass(frozen=True, slots=True)
class AcquirerPrincipal:
    """The caller of one request: an acquirer's key, and what it may do."""

    key_id: UUID
    acquirer_id: UUID
    scopes: frozenset[str]
    is_authenticated: bool = True

    @property
    def actor(self) -> str:
        """The caller as the history names it: ``ack_01j…``."""
        return ids.encode(AcquirerKey.PREFIX, self.key_id)


class AcquirerKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer tg_acquirer_…``; one look-up by the key's public part."""

    def authenticate(self, request: Request) -> tuple[AcquirerPrincipal, UUID] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        kind, _, text = header.partition(" ")
        key = keys.parse_acquirer_key(text.strip()) if kind.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(
                "This call is the acquirer's: send the header 'Authorization: Bearer"
                " tg_acquirer_…' with a whole acquirer key."
            )
        principal = find_acquirer_principal(key, address=request.META.get("REMOTE_ADDR", ""))
        if principal is None:
            raise AuthenticationFailed("This acquirer key is unknown, expired or revoked.")
        return principal, principal.key_id

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="tillgate"'


def find_acquirer_principal(key: keys.KeyText, *, address: str) -> AcquirerPrincipal | None:
    """The caller behind ``key`` who calls from ``address``, or None.

    Raises Forbidden: ``address_not_allowed`` where the key may not be used from there,
    ``acquirer_not_active`` where its acquirer is suspended.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [key.lookup])
        row = cursor.fetchone()
    if row is None or not keys.is_same(bytes(row[1]), key.digest):
        return None
    key_id, _, acquirer_id, scopes, networks, expires, revoked, used, standing = row
    now = clock.now()
    if revoked is not None or (expires is not None and expires <= now):
        return None
    check_address(address, networks)
    if standing != "active":
        raise Forbidden("acquirer_not_active", "This acquirer is not active; call the platform.")
    if used is None or now - used >= TOUCH_EVERY:
        _note_use(key_id, acquirer_id, now, address)
    return AcquirerPrincipal(key_id, acquirer_id, frozenset(scopes))


def _note_use(key_id: UUID, acquirer_id: UUID, now: datetime, address: str) -> None:
    caller = str(read_address(address) or "") or None
    with tenant_scope(acquirer_id):
        AcquirerKey.objects.filter(id=key_id).update(last_used_at=now, last_used_from=caller)
