"""An incident as the merchant's webhooks show it."""

from typing import Any

from django.utils import translation

from kernel import ids
from kernel.clock import show_time
from portal.health.sentences import TILL, explain, tell
from portal.models import Incident
from portal.state import Kind


def show_incident(row: Incident) -> dict[str, Any]:
    """The object; ``cashier_message`` is null where a cashier can do nothing about it."""
    with translation.override("en"):
        message, behind = tell(row), explain(row)
    return {
        "object": "incident",
        "id": row.public_id,
        "livemode": row.livemode,
        "kind": row.kind,
        "level": row.level,
        "merchant": row.merchant_id and ids.encode("mer", row.merchant_id),
        "store": row.store_id and ids.encode("str", row.store_id),
        "terminal": row.terminal_id and ids.encode("trm", row.terminal_id),
        "key": row.key_id and ids.encode("key", row.key_id),
        "message": message,
        "behind": behind,
        "cashier_message": TILL.get(Kind(row.kind), {}).get("en"),
        "opened_at": show_time(row.created_at),
        "ended_at": row.ended_at and show_time(row.ended_at),
    }
