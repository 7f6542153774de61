"""``Idempotency-Key``: the name that a caller gives to one request, and what the request said."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request

from kernel.errors import FieldError, Rejected

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Caller(Protocol):
    """Whose keys are meant: each merchant has its own, in each mode."""

    @property
    def acquirer_id(self) -> UUID: ...
    @property
    def merchant_id(self) -> UUID: ...
    @property
    def livemode(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The key of one request; two requests are the same if their fingerprints are."""

    acquirer_id: UUID
    merchant_id: UUID
    livemode: bool
    key: str
    fingerprint: bytes


def read_idempotency_key(request: Request, caller: Caller) -> RequestKey | None:
    """The request's key, or None without the header; raises Rejected for one that is no key."""
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if _KEY.fullmatch(key) is None:
        fault = FieldError("Idempotency-Key", "invalid", "1 to 255 visible ASCII characters.")
        raise Rejected("invalid_request", "Please correct: Idempotency-Key.", errors=(fault,))
    return RequestKey(
        acquirer_id=caller.acquirer_id,
        merchant_id=caller.merchant_id,
        livemode=caller.livemode,
        key=key,
        fingerprint=fingerprint(str(request.method), request.path, request.data or {}),
    )


def fingerprint(method: str, path: str, body: Any) -> bytes:
    """Tells requests apart and gives nothing away: a body may hold a payment code (law 11).

    The order of a JSON object's members does not count, nor does an empty object's absence.
    """
    said = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hmac.digest(_digest_key(settings.SECRET_KEY), said.encode(), "sha256")


@lru_cache(maxsize=2)
def _digest_key(secret: str) -> bytes:
    return hashlib.sha256(b"tillgate idempotency " + secret.encode()).digest()
