"""How the payment and refund calls read an id, and answer what has or has not ended."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from kernel import ids
from kernel.errors import NotFound

RETRY_AFTER_SECONDS = "3"
PREFER = OpenApiParameter(
    "Prefer", str, "header", description="`wait=N`: wait up to N seconds (0-60, 10) for the end."
)
LANGUAGE = OpenApiParameter(
    "Accept-Language", str, "header", description="Of `cashier_message`: en, zh-Hans, zh-Hant."
)
REFUND_PIN = OpenApiParameter(
    "Refund-Pin",
    {"type": "string", "pattern": "^[0-9]{6}$"},
    "header",
    description="The terminal's PIN; needed with the scope `refunds:with_pin` only.",
)


def read_id(prefix: str, text: str) -> UUID:
    """The id in an address; an id that is none is no address of ours."""
    try:
        return ids.decode(prefix, text)
    except ids.InvalidId:
        raise NotFound("not_found", f"No such {prefix}_… id.") from None


def answer(shown: dict[str, Any], *, has_ended: bool, is_new: bool, is_replay: bool) -> Response:
    """201 made and ended, 202 not ended yet, 200 was there before (design §4)."""
    headers = {"Idempotent-Replayed": "true"} if is_replay else {}
    if not has_ended:
        headers |= {
            "Location": f"/v1/{shown['object']}s/{shown['id']}",
            "Retry-After": RETRY_AFTER_SECONDS,
        }
    status = 202 if not has_ended else 201 if is_new else 200
    if is_replay:
        status = 200
    return Response(shown, status=status, headers=headers)
