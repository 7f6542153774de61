"""What was sold: by day, by hour of the week, by place, by wallet."""

from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_noop

from merchants.models import Merchant, Store
from portal.insights.ask import Ask
from portal.insights.report import Column, Kind, Report, Row, mean, share
from portal.insights.rules import HOME_REGIONS
from portal.models import DaySales, DayWallet
from portal.models.insights import HOURS as DAY_HOURS

PLACES_LIMIT = 200
_SUMS = (
    "payments", "amount_minor", "discount_minor", "refunded_minor", "refunded_payments",
    "known_payments", "known_minor", "with_items", "units",
)  # fmt: skip
_MEASURES = (
    Column("payments", Kind.NUMBER, gettext_noop("Payments")),
    Column("amount", Kind.MONEY, gettext_noop("Amount")),
    Column("mean", Kind.MONEY, gettext_noop("Mean payment")),
    Column("discount", Kind.MONEY, gettext_noop("Discounts")),
    Column("refunded", Kind.MONEY, gettext_noop("Given back")),
    Column("refunded_payments", Kind.NUMBER, gettext_noop("Payments given back")),
    Column("known_payments", Kind.NUMBER, gettext_noop("By known customers")),
    Column("known_share", Kind.SHARE, gettext_noop("Share of known customers")),
    Column("units_per_basket", Kind.NUMBER, gettext_noop("Units in 100 baskets")),
)


def _measures(row: dict[str, Any]) -> Row:
    found = {name: int(row[name] or 0) for name in _SUMS}
    payments, amount = found["payments"], found["amount_minor"]
    return (
        payments,
        amount,
        mean(amount, payments),
        found["discount_minor"],
        found["refunded_minor"],
        found["refunded_payments"],
        found["known_payments"],
        share(found["known_payments"], payments),
        mean(found["units"] * 100, found["with_items"]),
    )


def _sums() -> dict[str, Sum]:
    return {name: Sum(name) for name in _SUMS}


def read_sales(ask: Ask) -> list[Row]:
    """One row for each day with sales."""
    rows: Any = ask.rows(DaySales).values("day")
    return [(row["day"], *_measures(row)) for row in rows.annotate(**_sums()).order_by("day")]


_HOURS = f"""
SELECT EXTRACT(ISODOW FROM day)::int AS weekday,
       ARRAY[{", ".join(f"sum(hours[{n}])::bigint" for n in range(1, DAY_HOURS + 1))}],
       ARRAY[{", ".join(f"sum(hour_amounts[{n}])::bigint" for n in range(1, DAY_HOURS + 1))}]
  FROM portal_daysales
 WHERE acquirer_id = %(acquirer)s AND livemode = %(livemode)s AND currency = %(currency)s
   AND day >= %(since)s AND day < %(until)s
   AND (%(merchant)s::uuid IS NULL OR merchant_id = %(merchant)s::uuid)
   AND (%(store)s::uuid IS NULL OR store_id = %(store)s::uuid)
 GROUP BY weekday ORDER BY weekday
"""  # noqa: S608 - words of ours


def read_hours(ask: Ask) -> list[Row]:
    """Each hour of the week: weekday 1 is Monday; all 168, or none without a sale."""
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, ask.place())
        found = {weekday: (counts, amounts) for weekday, counts, amounts in cursor.fetchall()}
    nothing = [0] * DAY_HOURS
    return [
        (weekday, hour, counts[hour], amounts[hour])
        for weekday in (range(1, 8) if found else ())
        for counts, amounts in [found.get(weekday, (nothing, nothing))]
        for hour in range(DAY_HOURS)
    ]


def read_places(ask: Ask) -> list[Row]:
    """The stores of a merchant, or the merchants of the acquirer; most payments first."""
    column, model = ("merchant_id", Merchant) if ask.merchant_id is None else ("store_id", Store)
    rows: Any = ask.rows(DaySales).values(column).annotate(**_sums())
    found = list(rows.order_by("-payments", column)[:PLACES_LIMIT])
    places: dict[Any, Any] = model._default_manager.in_bulk([row[column] for row in found])
    return [
        (places[row[column]].public_id, str(places[row[column]]), *_measures(row)) for row in found
    ]


def read_wallets(ask: Ask) -> list[Row]:
    """Which wallets paid, with the region where their payers are at home."""
    rows: Any = ask.rows(DayWallet)
    summed = rows.values("wallet", "payer_currency").annotate(
        count=Sum("payments"), amount=Sum("amount_minor")
    )
    found = list(summed.order_by("-count", "wallet", "payer_currency"))
    total = sum(int(row["count"]) for row in found)
    return [
        (
            row["wallet"],
            HOME_REGIONS.get(row["wallet"], ""),
            row["payer_currency"],
            int(row["count"]),
            share(int(row["count"]), total),
            int(row["amount"]),
            mean(int(row["amount"]), int(row["count"])),
        )
        for row in found
    ]


SALES = Report(
    "sales",
    gettext_noop("Sales by day"),
    (Column("day", Kind.DAY, gettext_noop("Day")), *_MEASURES),
    read_sales,
)
HOURS = Report(
    "hours",
    gettext_noop("Visiting hours"),
    (
        Column("weekday", Kind.NUMBER, gettext_noop("Weekday")),
        Column("hour", Kind.NUMBER, gettext_noop("Hour")),
        Column("payments", Kind.NUMBER, gettext_noop("Payments")),
        Column("amount", Kind.MONEY, gettext_noop("Amount")),
    ),
    read_hours,
)
PLACES = Report(
    "places",
    gettext_noop("Where it was sold"),
    (
        Column("place", Kind.TEXT, gettext_noop("Id")),
        Column("name", Kind.TEXT, gettext_noop("Name")),
        *_MEASURES,
    ),
    read_places,
)
WALLETS = Report(
    "wallets",
    gettext_noop("Wallets and their home regions"),
    (
        Column("wallet", Kind.TEXT, gettext_noop("Wallet")),
        Column("region", Kind.TEXT, gettext_noop("Home region")),
        Column("payer_currency", Kind.TEXT, gettext_noop("Payer's currency")),
        Column("payments", Kind.NUMBER, gettext_noop("Payments")),
        Column("share", Kind.SHARE, gettext_noop("Share")),
        Column("amount", Kind.MONEY, gettext_noop("Amount")),
        Column("mean", Kind.MONEY, gettext_noop("Mean payment")),
    ),
    read_wallets,
)
