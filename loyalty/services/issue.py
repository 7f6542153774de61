"""Issuing coupons: one to a member at the till, or many unique codes at once for print."""

from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock, ids
from kernel.errors import Conflict, FieldError, Rejected
from loyalty.campaign_state import CampaignStatus, CouponStatus
from loyalty.coupon_codes import new_code, read_code
from loyalty.models import Campaign, Coupon, Member

AT_ONCE = 10_000  # codes of one statement
_INSERT = """
INSERT INTO loyalty_coupon (id, acquirer_id, campaign_id, livemode, code, status, uses_limit,
                            issued_by, order_id, reserved_count, redeemed_count, created_at)
SELECT new.id, %(acquirer)s, %(campaign)s, %(livemode)s, new.code, %(status)s, 1, %(by)s,
       %(order)s, 0, 0, %(now)s
  FROM unnest(%(ids)s::uuid[], %(codes)s::text[]) AS new (id, code)
    ON CONFLICT (acquirer_id, livemode, code) DO NOTHING
"""


def issue_to_member(campaign: Campaign, member: Member, *, issued_by: str) -> Coupon:
    """A new code that this member alone may use, once.

    Raises Conflict ``campaign_over``.
    """
    check_goes_on(campaign)
    coupon = Coupon(
        acquirer_id=campaign.acquirer_id,
        campaign=campaign,
        livemode=campaign.livemode,
        member=member,
        issued_by=issued_by,
    )
    coupon.save(force_insert=True)
    return coupon


def issue_codes(
    campaign: Campaign, count: int, *, issued_by: str, order_id: UUID | None = None
) -> int:
    """So many unique codes, each for one use, in one statement; how many there are of them.

    One that another coupon has already is left out: of a million that happens once in ten thousand
    orders. Not by COPY, which PostgreSQL refuses under row-level security.

    Raises Rejected naming ``count``, and Conflict ``campaign_over``.
    """
    if not 1 <= count <= AT_ONCE:
        fault = FieldError("count", "out_of_range", f"1 to {AT_ONCE} codes at once.")
        raise Rejected("invalid_request", "Please correct: count.", errors=(fault,))
    check_goes_on(campaign)
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_code())
    said: dict[str, Any] = {
        "acquirer": campaign.acquirer_id,
        "campaign": campaign.id,
        "livemode": campaign.livemode,
        "status": CouponStatus.ACTIVE.value,
        "by": issued_by,
        "order": order_id,
        "now": clock.now(),
        "ids": [ids.new_uuid() for _ in codes],
        "codes": list(codes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, said)
        return int(cursor.rowcount)


def share_code(campaign: Campaign, text: str, *, issued_by: str) -> Coupon:
    """A word that every customer may use, as often as the campaign allows.

    Raises Rejected naming ``code``, and Conflict ``coupon_code_taken`` or ``campaign_over``.
    """
    code = read_code(text)
    if code is None:
        fault = FieldError("code", "not_a_code", "4 to 32 letters and digits.")
        raise Rejected("invalid_request", "Please correct: code.", errors=(fault,))
    check_goes_on(campaign)
    rows = Coupon.objects.filter(acquirer_id=campaign.acquirer_id, livemode=campaign.livemode)
    if rows.filter(code=code).exists():
        raise Conflict("coupon_code_taken", "Another campaign or coupon has this code.")
    return Coupon.objects.create(
        acquirer_id=campaign.acquirer_id,
        campaign=campaign,
        livemode=campaign.livemode,
        code=code,
        uses_limit=None,
        issued_by=issued_by,
    )


def withdraw(coupon: Coupon) -> Coupon:
    """The coupon is worth nothing any more; what it has taken off already stays."""
    coupon.status = CouponStatus.WITHDRAWN
    coupon.save(update_fields=["status"])
    return coupon


def is_over(campaign: Campaign) -> bool:
    """Whether nobody could use its coupons any more."""
    return campaign.status == CampaignStatus.ENDED or clock.now() >= campaign.ends_at


def check_goes_on(campaign: Campaign) -> None:
    """Raises Conflict ``campaign_over``."""
    if is_over(campaign):
        raise Conflict("campaign_over", "The campaign has ended: nobody could use the coupon.")
