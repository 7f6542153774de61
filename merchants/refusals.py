"""How often a key that exists was refused lately: two numbers on its own row, no row per call.

Only who holds a whole key is counted (a stranger's guesses write nothing), and not above LIMIT in a
slot, so that a till gone wild costs no more writes than that.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from kernel import clock
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

SLOT = timedelta(minutes=5)
LIMIT = 100  # refusals of one key that are counted in a slot
# A merchant that may not trade is refused on purpose: that is no trouble to be found.
ON_PURPOSE = frozenset({"merchant_not_active", "acquirer_not_active"})
_COUNT = """
UPDATE merchants_apikey
   SET refused_before = CASE refused_since WHEN %(slot)s THEN refused_before
                                           WHEN %(last)s THEN refused_count ELSE 0 END,
       refused_count = CASE refused_since WHEN %(slot)s THEN refused_count + 1 ELSE 1 END,
       refused_since = %(slot)s, refused_code = %(code)s
 WHERE id = %(key)s AND (refused_since IS DISTINCT FROM %(slot)s OR refused_count < %(limit)s)
"""


def slot_of(moment: datetime) -> datetime:
    """When the slot of ``moment`` began."""
    seconds = int(SLOT.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def count_refusal(key_id: UUID, acquirer_id: UUID, merchant_id: UUID, code: str) -> None:
    """Count one call of the key that was refused with ``code``. Never raises: the caller is to
    hear why it was refused, whether or not that could be counted."""
    if code in ON_PURPOSE:
        return
    slot = slot_of(clock.now())
    params: dict[str, Any] = {
        "slot": slot,
        "last": slot - SLOT,
        "code": code,
        "key": key_id,
        "limit": LIMIT,
    }
    try:
        with tenant_scope(acquirer_id, merchant_id), connection.cursor() as cursor:
            cursor.execute(_COUNT, params)
    except DatabaseError as error:
        log.warning("refusal_not_counted", error=type(error).__name__)
