"""Who is held out, so that what is offered to the others can be compared with nothing."""

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from django.conf import settings

FULL = 10_000  # basis points: all


def is_held_out(subject: UUID, reference: str, basis_points: int) -> bool:
    """Whether ``reference`` is of the control group of ``subject`` (a merchant, a launch).

    By a keyed digest: the same every time, and nobody can choose it.
    """
    digest = hmac.digest(
        _draw_key(settings.SECRET_KEY), subject.bytes + reference.encode(), "sha256"
    )
    return int.from_bytes(digest[:8]) * FULL < basis_points * 2**64


@lru_cache(maxsize=2)
def _draw_key(secret: str) -> bytes:
    return hashlib.sha256(b"tillgate control group " + secret.encode()).digest()
