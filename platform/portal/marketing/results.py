"""What a launch has brought: redemptions, and how its members buy beside those held out.

Everybody in the audience counts as they were drawn, whether or not their coupon was issued or
used: only so are the two groups alike but for the coupon. Who was forgotten, or is no member any
more, counts in neither.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from kernel import clock
from loyalty.agreed import IS_MEMBER
from loyalty.models import Launch
from loyalty.uplift import Difference, Sample, mean_difference, rate_difference
from portal.insights.report import share
from portal.insights.small_groups import smallest_group

# Days of customers are counted by merchant: those of the launch, or of all the campaign's.
_GROUPS = f"""
SELECT kept.status = 'control', count(*), count(*) FILTER (WHERE bought.visits > 0),
       sum(bought.visits)::bigint, sum(bought.visits * bought.visits)::bigint,
       sum(bought.net)::bigint, sum(bought.net::numeric * bought.net)
  FROM loyalty_audiencemember AS kept
  JOIN loyalty_member AS member ON member.id = kept.member_id
 CROSS JOIN LATERAL (
       SELECT COALESCE(sum(day.visits), 0) AS visits,
              COALESCE(sum(day.amount_minor - day.refunded_minor), 0) AS net
         FROM portal_customerday AS day
        WHERE day.member_id = kept.member_id AND day.livemode = %(livemode)s
          AND day.currency = %(currency)s AND day.day >= %(since)s AND day.day < %(until)s
          AND day.merchant_id IN (
              SELECT part.merchant_id FROM loyalty_campaignmerchant AS part
               WHERE part.campaign_id = %(campaign)s
                 AND COALESCE(%(merchant)s::uuid, part.merchant_id) = part.merchant_id)) AS bought
 WHERE kept.launch_id = %(launch)s AND {IS_MEMBER}
 GROUP BY 1
"""  # noqa: S608 - words of ours
_REDEEMED = """
SELECT count(*), COALESCE(sum(one.amount_minor - one.returned_minor), 0)::bigint
  FROM loyalty_audiencemember AS kept
  JOIN loyalty_redemption AS one ON one.coupon_id = kept.coupon_id AND one.status = 'redeemed'
 WHERE kept.launch_id = %(launch)s
"""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Members of one group in the days that are measured; amounts in minor units."""

    members: int
    came: int
    visits: Sample
    spend: Sample


@dataclass(frozen=True, slots=True)
class Result:
    """``until`` is the first day that is left out. Groups are None where one is too small to be
    told; differences where there is nothing to say yet."""

    since: date
    until: date
    is_over: bool
    issued: int
    redeemed: int
    discount_minor: int
    targets: GroupResult | None
    control: GroupResult | None
    came: Difference | None
    visits: Difference | None
    spend: Difference | None

    @property
    def redeemed_share(self) -> int | None:
        """Basis points of the coupons issued."""
        return share(self.redeemed, self.issued)

    @property
    def brought(self) -> Difference | None:
        """What all targets spent more than they would have, in minor units."""
        if self.spend is None or self.targets is None:
            return None
        count = self.targets.members
        return Difference(*(count * each for each in
                            (self.spend.value, self.spend.low, self.spend.high)))  # fmt: skip


def read_result(launch: Launch) -> Result:
    """As it stands now; ``launch`` is no draft any more."""
    since, until = measured_days(launch)
    zone = ZoneInfo(launch.acquirer.time_zone)
    params: dict[str, Any] = {
        "launch": launch.id,
        "campaign": launch.campaign_id,
        "merchant": launch.merchant_id,
        "livemode": launch.campaign.livemode,
        "currency": launch.campaign.currency,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REDEEMED, params)
        [(redeemed, discount)] = cursor.fetchall()
        cursor.execute(_GROUPS, params)
        found = {row[0]: _group(row) for row in cursor.fetchall()}
    groups = [_told(found.get(is_control)) for is_control in (False, True)]
    targets, control = groups if None not in groups else (None, None)
    both = (targets, control) if targets and control else None
    return Result(
        since=since,
        until=until,
        is_over=clock.now().astimezone(zone).date() >= until,
        issued=launch.issued_count,
        redeemed=redeemed,
        discount_minor=discount,
        targets=targets,
        control=control,
        came=both and rate_difference(*((each.came, each.members) for each in both)),
        visits=both and mean_difference(*(each.visits for each in both)),
        spend=both and mean_difference(*(each.spend for each in both)),
    )


def measured_days(launch: Launch) -> tuple[date, date]:
    """From the day of the launch, in the acquirer's zone, to before the day that is left out."""
    assert launch.launched_at is not None  # noqa: S101 - the database holds it of all but drafts
    since = launch.launched_at.astimezone(ZoneInfo(launch.acquirer.time_zone)).date()
    return since, since + timedelta(days=launch.measured_days)


def _group(row: tuple[Any, ...]) -> GroupResult:
    _is_control, members, came, visits, visit_squares, net, net_squares = row
    return GroupResult(
        members,
        came,
        Sample(members, int(visits), int(visit_squares)),
        Sample(members, int(net), int(net_squares)),
    )


def _told(group: GroupResult | None) -> GroupResult | None:
    return group if group is not None and group.members >= smallest_group() else None
