"""A campaign's codes as lines of a file, read a piece at a time: no file is too long to stream."""

from collections.abc import Iterator

from django.db.models import QuerySet

from kernel.clock import show_time
from loyalty.coupon_codes import show_code
from loyalty.models import Coupon

COLUMNS = ["code", "status", "uses_left", "campaign", "ends_at"]
_PIECE = 2000  # rows in memory at once; between two nothing of the database is held


def code_rows(coupons: QuerySet[Coupon, Coupon]) -> Iterator[list[str]]:
    """A heading and each coupon, oldest first."""
    yield COLUMNS
    rows = coupons.select_related("campaign").order_by("id")
    piece = list(rows[:_PIECE])
    while piece:
        yield from map(_row, piece)
        piece = list(rows.filter(id__gt=piece[-1].id)[:_PIECE])


def _row(coupon: Coupon) -> list[str]:
    left = "" if coupon.uses_left is None else str(coupon.uses_left)
    return [
        show_code(coupon.code), coupon.status, left, coupon.campaign.name,
        show_time(coupon.campaign.ends_at) or "",
    ]  # fmt: skip
