"""What each campaign's coupons brought and cost: by campaign, largest discount first."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_noop

from kernel import ids
from loyalty.models import Campaign
from portal.insights.ask import Ask
from portal.insights.report import Column, Kind, Report, Row, mean, share
from portal.models import DayCampaign
from tenancy.models import Acquirer

CAMPAIGNS_LIMIT = 200
_SUMS = ("payments", "discount_minor", "borne_minor", "sales_minor")
# Unique codes alone: a word that everybody may use was issued to nobody.
_ISSUED = """
SELECT campaign_id, count(*), count(*) FILTER (WHERE redeemed_count > 0)
  FROM loyalty_coupon
 WHERE campaign_id = ANY (%(campaigns)s) AND id >= %(first)s AND id < %(end)s
   AND uses_limit IS NOT NULL
 GROUP BY campaign_id
"""


def read_campaigns(ask: Ask) -> list[Row]:
    """Each campaign with redemptions in these days, or with codes issued in them."""
    rows: Any = ask.rows(DayCampaign).values("campaign_id")
    found = {
        row["campaign_id"]: [int(row[f"{name}_sum"]) for name in _SUMS]
        for row in rows.annotate(**{f"{name}_sum": Sum(name) for name in _SUMS})
    }
    campaigns = _list_campaigns(ask, found)
    issued = _count_issued(ask, list(campaigns))
    told: list[tuple[int, str, Row]] = []
    for key, campaign in campaigns.items():
        payments, discount, borne, sales = found.get(key, [0] * len(_SUMS))
        codes, used = issued.get(key, (0, 0))
        if payments or codes:
            row = (
                campaign.public_id, campaign.name, codes, share(used, codes), payments, discount,
                borne, discount - borne, sales, mean(sales, payments),
            )  # fmt: skip
            told.append((-discount, campaign.name, row))
    return [row for _discount, _name, row in sorted(told, key=lambda each: each[:2])][
        :CAMPAIGNS_LIMIT
    ]


def _list_campaigns(ask: Ask, found: dict[UUID, Any]) -> dict[UUID, Campaign]:
    """Those that have redemptions, and the newest of those that may have issued codes."""
    rows = Campaign.objects.filter(
        acquirer_id=ask.acquirer_id, livemode=ask.livemode, currency=ask.currency
    )
    if ask.merchant_id is not None:
        rows = rows.filter(participants__merchant_id=ask.merchant_id)
    newest = {row.id: row for row in rows.order_by("-id")[:CAMPAIGNS_LIMIT]}
    return newest | Campaign.objects.in_bulk([key for key in found if key not in newest])


def _count_issued(ask: Ask, campaigns: list[UUID]) -> dict[UUID, tuple[int, int]]:
    zone = ZoneInfo(Acquirer.objects.get(id=ask.acquirer_id).time_zone)
    first, end = (
        ids.first_uuid_at(datetime.combine(day, time.min, zone)) for day in (ask.since, ask.until)
    )
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED, {"campaigns": campaigns, "first": first, "end": end})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


CAMPAIGNS = Report(
    "campaigns",
    gettext_noop("Results of campaigns"),
    (
        Column("campaign", Kind.TEXT, gettext_noop("Id")),
        Column("name", Kind.TEXT, gettext_noop("Campaign")),
        Column("issued", Kind.NUMBER, gettext_noop("Codes issued")),
        Column("redeemed_share", Kind.SHARE, gettext_noop("Of them redeemed")),
        Column("redeemed", Kind.NUMBER, gettext_noop("Redeemed")),
        Column("discount", Kind.MONEY, gettext_noop("Taken off")),
        Column("borne_by_acquirer", Kind.MONEY, gettext_noop("Borne by the acquirer")),
        Column("borne_by_merchants", Kind.MONEY, gettext_noop("Borne by merchants")),
        Column("sales", Kind.MONEY, gettext_noop("Sales with coupon")),
        Column("mean", Kind.MONEY, gettext_noop("Mean sale")),
    ),
    read_campaigns,
)
