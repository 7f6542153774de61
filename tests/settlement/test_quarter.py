"""Weeks with a change of the clocks, a month's end and a holiday, summed again from the sales."""

import io
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from kernel.clock import ManualClock, using_clock
from settlement.fees.prices import read_prices
from settlement.fees.terms import Terms
from settlement.models import Batch, File, FileKind, Payout
from settlement.services.check_books import check_books
from settlement.services.fee_plans import create_plan
from settlement.services.make_files import make_due_files
from settlement.services.settle import settle
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.settlement.conftest import give_account, set_terms
from tests.settlement.fee_rule import Charged, Sale, charge
from tests.settlement.test_fees import assign, book
from tests.settlement.test_files import folder, read_kept, read_rows

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
DIGITS = {"HKD": 2, "JPY": 0, "KWD": 3}
PRICES = "HKD 1% + 0.50\nHKD above 5000.00: 0.5%\nJPY 1.5%\nJPY above 40000: 1%\nKWD 1.25% + 0.100"
OPENED = datetime(2026, 9, 30, tzinfo=UTC)


def midnight(day: date) -> datetime:
    """When the day begins in London, in UTC."""
    return datetime.combine(day, datetime.min.time(), LONDON).astimezone(UTC)


def some_sales(begins: datetime, ends: datetime) -> list[Sale]:
    """One each 47 minutes, in each currency in turn; one in seven times a part of one goes back."""
    draw, sales, at = random.Random(7), list[Sale](), begins
    while at < ends:
        currency = [*DIGITS][len(sales) % 3]
        sales.append(Sale(draw.randrange(1, 200_000), at, currency))
        if draw.random() < 1 / 7:
            of = draw.randrange(len(sales))
            if sales[of].kind == "payment" and all(each.of != of for each in sales):
                back = -draw.randrange(1, sales[of].minor + 1)
                after = at + timedelta(minutes=1)
                sales.append(Sale(back, after, sales[of].currency, of, "refund"))
        at += timedelta(minutes=47)
    return sales


@pytest.mark.parametrize(
    ("first", "last", "hours", "opens"),
    [
        (
            date(2026, 10, 23),
            date(2026, 11, 2),
            {date(2026, 10, 25): 25},
            {date(2026, 10, 23): date(2026, 10, 26), date(2026, 10, 31): date(2026, 11, 2)},
        ),
        (
            date(2027, 3, 25),
            date(2027, 4, 2),
            {date(2027, 3, 28): 23},
            {date(2027, 3, 25): date(2027, 3, 30), date(2027, 3, 28): date(2027, 3, 30)},
        ),
    ],
)  # over the end of October, and over Easter
def test_each_days_statement_is_what_its_sales_add_up_to(
    acme: Person,
    first: date,
    last: date,
    hours: dict[date, int],
    opens: dict[date, date],
    folder: Path,
) -> None:
    terms = Terms(date(2026, 10, 1), read_prices(PRICES))
    acme.acquirer.time_zone = "Europe/London"
    acme.acquirer.save()
    set_terms(acme, zone="Europe/London", calendar="GB", weekend=[5, 6])
    for currency in DIGITS:
        give_account(acme, currency)
    with using_clock(ManualClock(OPENED)):
        plan = create_plan(acme.acquirer, "Shops", terms, made_by="staff:ada").plan
    assign(acme, plan, date(2026, 10, 1), at=OPENED)
    until = midnight(last + timedelta(days=1))
    sales = some_sales(midnight(first), until)
    book(acme, sales)
    costs = charge(sales, [terms], joined=OPENED, zone="Europe/London")

    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    with using_clock(ManualClock(until + timedelta(hours=9))):
        for day in days:
            settle(acme.acquirer, day, livemode=False)
        made = make_due_files()

    wanted = summed(sales, costs)
    assert made == len(wanted)
    with tenant_scope(acme.acquirer.id):
        batches = list(Batch.objects.select_related("payout"))
        files = list(File.objects.select_related("batch"))
    found = {
        (each.business_date, each.currency): (
            each.sales_minor, each.refunds_minor, each.fees_minor, each.line_count,
        )
        for each in batches
    }  # fmt: skip
    assert found == wanted
    for day, length in hours.items():
        ends = {each.ends_at for each in batches if each.business_date == day}
        assert ends == {midnight(day) + timedelta(hours=length)}
    for each in files:
        if each.kind in (FileKind.STATEMENT_CSV, FileKind.STATEMENT_XLSX):
            assert sums_of(each) == wanted[each.batch.business_date, each.batch.currency]
    assert check_books(acme.acquirer).found() == []
    with tenant_scope(acme.acquirer.id):
        paid = dict(Payout.objects.values_list("batch__business_date", "pays_on").distinct())
    assert {day: paid[day] for day in opens} == opens


def summed(sales: list[Sale], costs: list[Charged]) -> dict[tuple[date, str], tuple[int, ...]]:
    """By London's day and currency: sold, given back, fees, lines; from the sales alone."""
    found: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for sale, cost in zip(sales, costs, strict=True):
        sums = found[sale.at.astimezone(LONDON).date(), sale.currency]
        sums[sale.minor < 0] += sale.minor
        sums[2] -= cost.fee
        sums[3] += 1
    return {key: tuple(sums) for key, sums in found.items()}


def rows_of(row: File) -> list[dict[str, Any]]:
    """The lines as a reader of the file sees them, amounts as decimals."""
    content = read_kept(row)
    if row.kind == FileKind.STATEMENT_CSV:
        return read_rows(content)
    table = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Lines").to_python()
    )
    return [dict(zip(map(str, table[0]), cells, strict=True)) for cells in table[1:]]


def sums_of(row: File) -> tuple[int, ...]:
    """Sold, given back, fees and lines, as its rows add up."""
    rows, unit = rows_of(row), 10 ** DIGITS[row.batch.currency]

    def total(column: str, *kinds: str) -> int:
        return round(
            sum(Decimal(str(each[column])) for each in rows if each["kind"] in kinds) * unit
        )

    lines = sum(each["kind"] in ("payment", "refund") for each in rows)
    return (
        total("gross", "payment"), total("gross", "refund"),
        total("fee", "payment", "refund"), lines,
    )  # fmt: skip
