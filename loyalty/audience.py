"""Who may be told of a campaign, and what a campaign's launches have promised already."""

from django.db import connection

from loyalty.agreed import IS_MEMBER, newest_word
from loyalty.member_state import Purpose
from loyalty.models import Campaign

# SQL over ``member``, a row of loyalty_member: who agrees to marketing today, and is one. Who never
# said a word to marketing did not agree.
MAY_BE_TOLD = f"""(member.status = 'active' AND {IS_MEMBER}
    AND COALESCE({newest_word(Purpose.MARKETING)}, false))"""
_PROMISED = """
SELECT count(*) FROM loyalty_audiencemember AS a
  JOIN loyalty_launch AS l ON l.id = a.launch_id
  LEFT JOIN loyalty_coupon AS c ON c.id = a.coupon_id
 WHERE l.campaign_id = %(campaign)s
   AND (a.status = 'waiting' AND l.status = 'issuing'
        OR c.status = 'active' AND c.reserved_count + c.redeemed_count < c.uses_limit)
"""


def count_promised(campaign: Campaign) -> int:
    """Coupons of the campaign's launches that are still to be issued, or to be used."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMISED, {"campaign": campaign.id})
        [(promised,)] = cursor.fetchall()
    return int(promised)
