"""Prices of a plan, and the line of text that says one.

``alipay HKD 0.85% + 0.50, min 1.00, max 50.00`` says it all: scheme (any, if absent), currency,
percentage, fixed part, least and most per sale. Before the percentage may stand a promotion
(``from 2026-12-01 to 2026-12-31``, or ``first 30 days``) and the volume that a tier begins above
(``above 100000.00``). Amounts are major units in the currency's own decimals.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.registry import SCHEMES
from kernel.currencies import MINOR_DIGITS, UnknownCurrency
from kernel.errors import FieldError, Rejected
from kernel.money import AmountNotRepresentable, Money

PRICES_LIMIT = 200  # of one version
DAYS_LIMIT = 730  # of a promotion for newcomers
MOST_BASIS_POINTS = Decimal(10_000)
_BP_DIGITS = Decimal("0.0001")  # of a basis point

_AMOUNT = r"(?:\d{1,15}(?:\.\d{1,4})?)"
_LINE = re.compile(
    r"(?:(?P<scheme>[a-z_]+) )?(?P<currency>[A-Z]{3})"
    r"(?: from (?P<first_day>\d{4}-\d\d-\d\d) to (?P<last_day>\d{4}-\d\d-\d\d)"
    r"| first (?P<first_days>\d{1,4}) days)?"
    rf"(?: above (?P<above>{_AMOUNT}):?)?"
    r" (?P<rate>\d{1,5}(?:\.\d{1,6})?) ?(?P<unit>%|bp)"
    rf"(?: ?\+ ?(?P<fixed>{_AMOUNT}))?"
    rf"(?:,? min (?P<minimum>{_AMOUNT}))?"
    rf"(?:,? max (?P<maximum>{_AMOUNT}))?"
)


@dataclass(frozen=True, slots=True)
class Price:
    """What one sale costs its merchant: ``basis_points`` of it and ``fixed``, within bounds.

    Amounts are minor units of ``currency``, days those of the acquirer's zone, both within. One
    price holds at a time: a promotion by dates before one for newcomers, that before none; then
    the scheme's own before that of any (``""``). A price ``above`` 0 is a tier of the one at 0.
    """

    currency: str
    basis_points: Decimal
    fixed: int = 0
    minimum: int | None = None
    maximum: int | None = None
    scheme: str = ""
    first_day: date | None = None
    last_day: date | None = None
    first_days: int | None = None
    above: int = 0

    @property
    def offer(self) -> "Price":
        """What the tiers of one offer have in common."""
        return Price(
            self.currency,
            Decimal(0),
            scheme=self.scheme,
            first_day=self.first_day,
            last_day=self.last_day,
            first_days=self.first_days,
        )

    def __str__(self) -> str:
        said = [self.scheme, self.currency]
        if self.first_day is not None:
            said.append(f"from {self.first_day} to {self.last_day}")
        if self.first_days is not None:
            said.append(f"first {self.first_days} days")
        if self.above:
            said.append(f"above {self._major(self.above)}:")
        return " ".join(filter(None, (*said, self.cost)))

    @property
    def cost(self) -> str:
        """``0.85% + 0.50, min 1.00``."""
        percent = (self.basis_points / 100).normalize()
        said = f"{percent:f}%"
        if self.fixed:
            said += f" + {self._major(self.fixed)}"
        if self.minimum is not None:
            said += f", min {self._major(self.minimum)}"
        if self.maximum is not None:
            said += f", max {self._major(self.maximum)}"
        return said

    def _major(self, minor: int) -> str:
        return f"{Money(minor, self.currency).to_decimal():f}"


def show_prices(prices: Iterable[Price]) -> str:
    """The inverse of ``read_prices``."""
    return "\n".join(str(price) for price in prices)


def read_prices(text: str) -> list[Price]:
    """A price a line, in their order; raises Rejected naming the line and what is wrong."""
    found: list[Price] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(found) == PRICES_LIMIT:
            raise _bad(number, line, f"at most {PRICES_LIMIT} prices")
        try:
            found.append(_read(" ".join(line.split())))
        except _Wrong as fault:
            raise _bad(number, line, str(fault)) from None
    return found


def check_prices(prices: list[Price]) -> None:
    """Raises Rejected for prices that contradict each other: the same tier twice, a tier without
    the price it begins above, promotions of one currency and scheme that overlap."""
    if not prices:
        raise _refused("A plan has at least one price.")
    keys = [(price.offer, price.above) for price in prices]
    for price in prices:
        if keys.count((price.offer, price.above)) > 1:
            raise _refused(f"Twice the same: {price}")
        if (price.offer, 0) not in keys:
            raise _refused(f"A tier without the price below it: {price}")
    _check_promotions({price.offer for price in prices})


def _check_promotions(offers: set[Price]) -> None:
    for one in offers:
        for other in offers - {one}:
            if (one.currency, one.scheme) != (other.currency, other.scheme):
                continue
            if one.first_days is not None and other.first_days is not None:
                raise _refused(f"Two promotions for newcomers in {one.currency}.")
            if _overlap(one, other):
                raise _refused(f"Promotions of {one.currency} overlap on {other.first_day}.")


def _overlap(one: Price, other: Price) -> bool:
    if one.first_day is None or other.first_day is None:
        return False
    assert one.last_day is not None  # noqa: S101 - read together
    return one.first_day <= other.first_day <= one.last_day


class _Wrong(ValueError):
    """What is wrong with a line, in words."""


def _read(line: str) -> Price:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _Wrong("write it as HKD 0.85% + 0.50, min 1.00, max 50.00")
    said = found.groupdict()
    if said["scheme"] is not None and said["scheme"] not in SCHEMES:
        raise _Wrong(f"no scheme is called {said['scheme']}")
    currency = said["currency"]
    if currency not in MINOR_DIGITS:
        raise _Wrong(f"{currency} is no currency we know")
    price = Price(
        currency=currency,
        basis_points=_basis_points(Decimal(said["rate"]), said["unit"]),
        fixed=_minor(said["fixed"], currency) or 0,
        minimum=_minor(said["minimum"], currency),
        maximum=_minor(said["maximum"], currency),
        scheme=said["scheme"] or "",
        above=_minor(said["above"], currency) or 0,
    )
    if price.minimum is not None and price.maximum is not None and price.minimum > price.maximum:
        raise _Wrong("min is above max")
    return _with_promotion(price, said)


def _with_promotion(price: Price, said: dict[str, str]) -> Price:
    if said["first_days"] is not None:
        days = int(said["first_days"])
        if not 1 <= days <= DAYS_LIMIT:
            raise _Wrong(f"a promotion lasts 1 to {DAYS_LIMIT} days")
        return replace(price, first_days=days)
    if said["first_day"] is None:
        return price
    try:
        first, last = (date.fromisoformat(said[name]) for name in ("first_day", "last_day"))
    except ValueError:
        raise _Wrong("no such day") from None
    if last < first:
        raise _Wrong("the promotion ends before it begins")
    return replace(price, first_day=first, last_day=last)


def _basis_points(rate: Decimal, unit: str) -> Decimal:
    points = rate * 100 if unit == "%" else rate
    if points > MOST_BASIS_POINTS:
        raise _Wrong("more than 100 %")
    if points != points.quantize(_BP_DIGITS):
        raise _Wrong("a basis point has at most four decimals")
    return points.quantize(_BP_DIGITS)


def _minor(text: str | None, currency: str) -> int | None:
    if text is None:
        return None
    try:
        return Money.from_decimal(text, currency).minor
    except (AmountNotRepresentable, UnknownCurrency) as fault:
        raise _Wrong(str(fault)) from None


def _bad(number: int, line: str, why: str) -> Rejected:
    return _refused(f"Line {number}, {line.strip()[:60]!r}: {why}.")


def _refused(said: str) -> Rejected:
    fault = FieldError("prices", "invalid", said)
    return Rejected("invalid_request", said, errors=(fault,))
