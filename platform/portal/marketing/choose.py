"""Choosing the members of a segment: who agrees to marketing, of one merchant or one programme."""

from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from loyalty.audience import MAY_BE_TOLD
from loyalty.models import Launch
from loyalty.selectors import YEAR
from loyalty.services.launch import AUDIENCE_LIMIT
from portal.marketing.segment import OF_CUSTOMER, OF_TIER, segment_of

# Of one merchant: known customers of theirs, as they stood this morning.
_CHOOSE = f"""
SELECT member.id FROM loyalty_member AS member
 WHERE member.programme_id = %(programme)s AND member.livemode = %(livemode)s
   AND {MAY_BE_TOLD} AND {OF_TIER}
   AND (%(merchant)s::uuid IS NULL OR member.id IN (
        SELECT customer.member_id FROM portal_customer AS customer
         WHERE customer.merchant_id = %(merchant)s::uuid AND customer.livemode = %(livemode)s
           AND customer.currency = %(currency)s AND {OF_CUSTOMER}))
 ORDER BY member.id LIMIT %(limit)s
"""  # noqa: S608 - words of ours


def choose_members(launch: Launch) -> list[UUID]:
    """Who is meant now, in the order of their ids; one more than a launch may have at most."""
    params: dict[str, Any] = {
        "programme": launch.programme_id,
        "merchant": launch.merchant_id,
        "livemode": launch.campaign.livemode,
        "currency": launch.campaign.currency,
        "year_ago": clock.now() - YEAR,
        "limit": AUDIENCE_LIMIT + 1,
        **segment_of(launch.segment).params(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE, params)
        return [row[0] for row in cursor.fetchall()]
