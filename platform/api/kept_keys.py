"""Idempotency keys as rows: written in the statement of the work, so a refusal leaves none."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from api.idempotency import RequestKey
from api.models import IdempotencyKey
from kernel import clock, ids
from kernel.errors import Conflict
from tenancy.fragments import Fragment

_FREE = """
SELECT true AS is_free
 WHERE NOT EXISTS (SELECT FROM api_idempotencykey
                    WHERE merchant_id = %(free_merchant)s::uuid
                      AND livemode = %(free_livemode)s::boolean AND key = %(free_key)s::text)
"""
_KEPT = """
INSERT INTO api_idempotencykey
       (id, acquirer_id, merchant_id, livemode, key, fingerprint, object_type, object_id,
        created_at)
SELECT %(kept_id)s::uuid, %(kept_acquirer)s::uuid, %(kept_merchant)s::uuid,
       %(kept_livemode)s::boolean, %(kept_key)s::text, %(kept_fingerprint)s::bytea,
       %(kept_type)s::text, {object_id}, %(kept_at)s::timestamptz
"""
_OF_SOURCE = _KEPT.format(object_id="id") + "  FROM {source}"
_TAKEN = _KEPT.format(object_id="%(kept_object)s::uuid") + "ON CONFLICT DO NOTHING"


def find(key: RequestKey | None) -> UUID | None:
    """The id of the object that the key names, or None.

    Raises Conflict ``idempotency_key_reused`` where it was kept for a request with other content.
    """
    kept = None if key is None else rows_of(key).first()
    if kept is None or key is None:
        return None
    if bytes(kept.fingerprint) == key.fingerprint:
        return kept.object_id
    raise Conflict(
        "idempotency_key_reused",
        f"This Idempotency-Key belongs to a request about {kept.object_public_id} with other"
        " content or another address. A new request needs a new key.",
    )


def free(key: RequestKey) -> Fragment:
    """One row while the key is unused, else none: to join to what is written under it."""
    params = {"merchant": key.merchant_id, "livemode": key.livemode, "key": key.key}
    return Fragment("free", _FREE, {f"free_{name}": value for name, value in params.items()})


def keep(key: RequestKey, object_type: str, *, source: str) -> Fragment:
    """Keep the key for the row whose ``id`` the fragment ``source`` returns.

    Where another request has taken the key at the same instant, the statement waits for it and
    raises IntegrityError: then nothing of it happened, and ``find`` tells what did.
    """
    return Fragment("kept", _OF_SOURCE.format(source=source), _params(key, object_type))


def take(key: RequestKey, object_type: str, object_id: UUID | None) -> bool:
    """Keep the key unless it is used; waits for a request that is about to use it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, _params(key, object_type) | {"kept_object": object_id})
        return bool(cursor.rowcount == 1)


def rows_of(key: RequestKey) -> QuerySet[IdempotencyKey, IdempotencyKey]:
    """The one row of the key, or none."""
    return IdempotencyKey.objects.filter(
        merchant_id=key.merchant_id, livemode=key.livemode, key=key.key
    )


def _params(key: RequestKey, object_type: str) -> dict[str, Any]:
    values = {
        "id": ids.new_uuid(),
        "acquirer": key.acquirer_id,
        "merchant": key.merchant_id,
        "livemode": key.livemode,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "type": object_type,
        "at": clock.now(),
    }
    return {f"kept_{name}": value for name, value in values.items()}
