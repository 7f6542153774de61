"""What was in the baskets, what it brought, and which goods are worth a second look.

A margin is told where the till (or the catalogue) said what a line has cost, of those lines alone.
"""

from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_noop

from portal.insights.ask import Ask
from portal.insights.report import Column, Kind, Report, Row, share
from portal.models import DayCategory

GOODS_LIMIT = 500
CATEGORIES_LIMIT = 200


def read_categories(ask: Ask) -> list[Row]:
    """By category, largest amount first; the share is of all baskets' amounts."""
    rows: Any = ask.rows(DayCategory)
    summed = rows.values("category").annotate(
        baskets=Sum("payments"), count=Sum("units"), amount=Sum("amount_minor"),
        costed=Sum("costed_minor"), cost=Sum("cost_minor"),
    )  # fmt: skip
    found = list(summed.order_by("-amount", "category")[:CATEGORIES_LIMIT])
    total = sum(int(row["amount"]) for row in found)
    return [
        (
            row["category"],
            int(row["baskets"]),
            int(row["count"]),
            int(row["amount"]),
            share(int(row["amount"]), total),
            *_margin(int(row["costed"]), int(row["cost"])),
        )
        for row in found
    ]


def _margin(costed: int, cost: int) -> tuple[int | None, int | None]:
    return (costed - cost, share(costed - cost, costed)) if costed else (None, None)


# Against the merchant's own goods of known cost: half of them have a higher margin than the
# median, half sell more often.
_GOODS = """
WITH goods AS (
    SELECT sku, (array_agg(name ORDER BY day DESC))[1] AS name,
           (array_agg(category ORDER BY day DESC))[1] AS category,
           sum(payments)::bigint AS payments, sum(units)::bigint AS units,
           sum(amount_minor) AS amount, sum(costed_minor) AS costed, sum(cost_minor) AS cost
      FROM portal_daygoods
     WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s AND currency = %(currency)s
       AND day >= %(since)s AND day < %(until)s
     GROUP BY sku),
rated AS (SELECT *, CASE WHEN costed > 0 THEN (costed - cost) / costed END AS rate FROM goods),
middle AS (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rate) AS rate,
                  percentile_cont(0.5) WITHIN GROUP (ORDER BY payments) AS payments
             FROM rated WHERE rate IS NOT NULL)
SELECT sku, name, category, rated.payments, units, amount, costed, cost,
       CASE WHEN rated.rate IS NULL OR rated.rate = middle.rate THEN ''
            WHEN rated.rate > middle.rate AND rated.payments > middle.payments THEN 'star'
            WHEN rated.rate > middle.rate THEN 'offer_more'
            WHEN rated.payments > middle.payments THEN 'check_price' ELSE '' END AS clue
  FROM rated CROSS JOIN middle
 ORDER BY costed - cost DESC, amount DESC, sku LIMIT %(limit)s
"""


def read_goods(ask: Ask) -> list[Row]:
    """The articles of one merchant, most margin first, each with its clue."""
    if ask.merchant_id is None:  # two merchants' article numbers are not the same goods
        return []
    with connection.cursor() as cursor:
        cursor.execute(_GOODS, ask.place() | {"limit": GOODS_LIMIT})
        rows = cursor.fetchall()
    return [
        (sku, name, category, payments, units, int(amount), *_margin(int(costed), int(cost)), clue)
        for sku, name, category, payments, units, amount, costed, cost, clue in rows
    ]


_BASKET = (
    Column("payments", Kind.NUMBER, gettext_noop("Baskets")),
    Column("units", Kind.NUMBER, gettext_noop("Units")),
    Column("amount", Kind.MONEY, gettext_noop("Amount")),
)
_MARGIN = (
    Column("margin", Kind.MONEY, gettext_noop("Margin")),
    Column("margin_share", Kind.SHARE, gettext_noop("Margin, share")),
)
CATEGORIES = Report(
    "categories",
    gettext_noop("Baskets by category"),
    (
        Column("category", Kind.TEXT, gettext_noop("Category")),
        *_BASKET,
        Column("share", Kind.SHARE, gettext_noop("Share")),
        *_MARGIN,
    ),
    read_categories,
)
GOODS = Report(
    "goods",
    gettext_noop("Clues for high margin"),
    (
        Column("sku", Kind.TEXT, gettext_noop("Article")),
        Column("name", Kind.TEXT, gettext_noop("Name")),
        Column("category", Kind.TEXT, gettext_noop("Category")),
        *_BASKET,
        *_MARGIN,
        Column("clue", Kind.WORD, gettext_noop("Clue")),
    ),
    read_goods,
)
