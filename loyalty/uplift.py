"""What offering brings, with how sure that is: differences of two groups. No Django, no I/O.

Rates are compared by Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10),
which is right for few sales and for rates near nothing; amounts by the normal interval of the
difference of two means (Welch's variance), which needs some sales on both sides.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
FEWEST_FOR_MEANS = 30  # sales in each group
_Z = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Group:
    """Sales that asked for offers and had some, and were paid; sums in minor units."""

    sales: int = 0
    taken: int = 0  # sales in which an offered product was bought
    margin_minor: int = 0  # of the offered products that were bought
    margin_squares: int = 0  # the sum of each sale's margin, squared


@dataclass(frozen=True, slots=True)
class Difference:
    """``value`` lies between ``low`` and ``high`` in 95 of 100 such comparisons."""

    value: float
    low: float
    high: float


def rate_uplift(offered: Group, control: Group) -> Difference | None:
    """By how much more often an offered product is bought; None while a group is empty."""
    if not offered.sales or not control.sales:
        return None
    one, two = offered.taken / offered.sales, control.taken / control.sales
    low_one, high_one = wilson(offered.taken, offered.sales)
    low_two, high_two = wilson(control.taken, control.sales)
    return Difference(
        one - two,
        one - two - sqrt((one - low_one) ** 2 + (high_two - two) ** 2),
        one - two + sqrt((high_one - one) ** 2 + (two - low_two) ** 2),
    )


def margin_uplift(offered: Group, control: Group) -> Difference | None:
    """How much more margin a sale brings, in minor units; None while a group has few sales."""
    if min(offered.sales, control.sales) < FEWEST_FOR_MEANS:
        return None
    value = offered.margin_minor / offered.sales - control.margin_minor / control.sales
    spread = _Z * sqrt(_variance(offered) / offered.sales + _variance(control) / control.sales)
    return Difference(value, value - spread, value + spread)


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The score interval of a rate (Wilson 1927)."""
    rate, square = hits / tries, _Z**2
    middle = rate + square / (2 * tries)
    spread = _Z * sqrt(rate * (1 - rate) / tries + square / (4 * tries**2))
    return (middle - spread) / (1 + square / tries), (middle + spread) / (1 + square / tries)


def _variance(group: Group) -> float:
    """Of a sale's margin, exact until the last division."""
    exact = Fraction(group.margin_squares * group.sales - group.margin_minor**2)
    return float(exact / (group.sales * (group.sales - 1)))
