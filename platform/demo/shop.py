"""A shop's customers for some weeks: who comes when, and what they buy. Seeded: the same each time.

Pure: it knows no system, only what happens in a tea house. Some customers are members and come
back by a habit of their own, most are passers-by; goods draw each other (``DRAWS``); a few sales
are refunded. Amounts are minor units of ``CURRENCY``.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

CURRENCY = "HKD"


@dataclass(frozen=True, slots=True)
class Good:
    """One article, and how many of a hundred baskets begin with it."""

    sku: str
    name: str
    category: str
    price_minor: int
    cost_minor: int
    share: int


CATALOGUE = (
    Good("TEA-JAS", "Jasmine tea", "Drinks", 2800, 600, 30),
    Good("TEA-MLK", "Milk tea", "Drinks", 2600, 700, 34),
    Good("COF-YY", "Yuenyeung", "Drinks", 2800, 800, 14),
    Good("LEM-ICE", "Iced lemon tea", "Drinks", 2700, 600, 20),
    Good("BUN-PIN", "Pineapple bun", "Bakery", 1200, 450, 26),
    Good("BUT-SLI", "Slice of butter", "Bakery", 500, 150, 3),
    Good("TRT-EGG", "Egg tart", "Bakery", 1100, 400, 22),
    Good("TST-FRE", "French toast", "Kitchen", 3200, 1100, 9),
    Good("NOO-WON", "Wonton noodles", "Kitchen", 5200, 2100, 15),
    Good("RIC-CHA", "Char siu rice", "Kitchen", 5800, 2400, 14),
    Good("VEG-GAI", "Gai lan, oyster sauce", "Kitchen", 3800, 1000, 4),
    Good("GIF-TIN", "Tin of jasmine tea, 100 g", "Shop", 16800, 6500, 2),
    Good("GIF-CUP", "Cup with lid", "Shop", 12800, 5000, 1),
)
# Who has the first has the second, too, in so many of a hundred baskets.
DRAWS = (
    ("BUN-PIN", "BUT-SLI", 55),
    ("BUN-PIN", "TEA-MLK", 45),
    ("TRT-EGG", "TEA-MLK", 35),
    ("NOO-WON", "VEG-GAI", 40),
    ("RIC-CHA", "VEG-GAI", 30),
    ("RIC-CHA", "LEM-ICE", 35),
    ("TEA-JAS", "TRT-EGG", 20),
    ("GIF-TIN", "GIF-CUP", 45),
)
_BY_SKU = {good.sku: good for good in CATALOGUE}
# Sales of each hour from 7 to 22 o'clock, of a hundred.
_HOURS = (5, 9, 8, 4, 3, 9, 12, 8, 4, 6, 8, 6, 8, 6, 3, 1)
_OPENS = 7
_WEEKDAYS = (0.9, 0.9, 0.95, 1.0, 1.15, 1.3, 1.2)  # Monday first
_MEMBER_SHARE = 0.45  # of the sales
_REFUND_SHARE = 0.015


@dataclass(frozen=True, slots=True)
class Sold:
    """One line of a basket."""

    good: Good
    quantity: int


@dataclass(frozen=True, slots=True)
class Sale:
    """One visit. ``member`` counts the shop's members from 0; None is a passer-by. ``wallet``
    names a customer for good, also one who is no member."""

    at: datetime
    member: int | None
    wallet: int
    basket: tuple[Sold, ...]
    refund_minor: int = 0

    @property
    def amount_minor(self) -> int:
        return sum(sold.good.price_minor * sold.quantity for sold in self.basket)

    def items(self) -> list[dict[str, str | int]]:
        """As a till sends them that knows its goods."""
        return [
            {
                "sku": sold.good.sku,
                "name": sold.good.name,
                "category": sold.good.category,
                "quantity": sold.quantity,
                "unit_amount": sold.good.price_minor,
                "unit_cost": sold.good.cost_minor,
            }
            for sold in self.basket
        ]


def play_days(
    *, seed: int, first_day: datetime, days: int, sales_a_day: int, members: int
) -> Iterator[Sale]:
    """Every sale, in order. ``first_day`` is midnight of the shop's own time zone."""
    draw = random.Random(seed)  # noqa: S311 - a play, the same every time
    habits = [draw.choice((2, 3, 4, 7, 7, 10, 14)) for _ in range(members)]
    joined = sorted(draw.randrange(max(1, days * 2 // 3)) for _ in range(members))
    for day in range(days):
        began = first_day + timedelta(days=day)
        count = round(sales_a_day * _WEEKDAYS[began.weekday()] * draw.uniform(0.85, 1.15))
        coming = [number for number in range(members) if joined[number] <= day]
        visits = [_visit(draw, began, coming, habits, members) for _ in range(count)]
        yield from sorted(visits, key=lambda sale: sale.at)


def _visit(
    draw: random.Random, day: datetime, coming: list[int], habits: list[int], members: int
) -> Sale:
    hour = draw.choices(range(len(_HOURS)), _HOURS)[0] + _OPENS
    at = day + timedelta(hours=hour, seconds=draw.randrange(3600))
    member = None
    if coming and draw.random() < _MEMBER_SHARE:
        member = draw.choices(coming, [1 / habits[number] for number in coming])[0]
    wallet = member if member is not None else members + draw.randrange(members * 20)
    basket = tuple(Sold(good, _quantity(draw, good)) for good in _choose(draw, hour))
    sale = Sale(at, member, wallet, basket)
    if draw.random() < _REFUND_SHARE:
        part = sale.amount_minor if draw.random() < 0.5 else basket[0].good.price_minor
        return Sale(at, member, wallet, basket, refund_minor=part)
    return sale


def _choose(draw: random.Random, hour: int) -> list[Good]:
    goods = [good for good in CATALOGUE if hour >= 11 or good.category != "Kitchen"]
    first = draw.choices(goods, [good.share for good in goods])[0]
    chosen = {first.sku}
    if draw.random() < 0.4:
        chosen.add(draw.choices(goods, [good.share for good in goods])[0].sku)
    for has, draws, share in DRAWS:
        if has in chosen and draw.random() * 100 < share:
            chosen.add(draws)
    return [_BY_SKU[sku] for sku in sorted(chosen)]


def _quantity(draw: random.Random, good: Good) -> int:
    return draw.choices((1, 2, 3), (80, 16, 4))[0] if good.category != "Shop" else 1
