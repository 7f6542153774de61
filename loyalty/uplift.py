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
FEWEST_FOR_MEANS = 30  # sales, or members, in each group
_Z = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Group:
    """Sales that asked for offers and had some, and were paid; sums in minor units."""

    sales: int = 0
    taken: int = 0  # sales in which an offered product was bought
    margin_minor: int = 0  # of the offered products that were bought
    margin_squares: int = 0  # the sum of each sale's margin, squared


@dataclass(frozen=True, slots=True)
class Sample:
    """So many values, their sum, and the sum of each one squared."""

    count: int = 0
    total: int = 0
    squares: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """``value`` lies between ``low`` and ``high`` in 95 of 100 such comparisons."""

    value: float
    low: float
    high: float


def rate_uplift(offered: Group, control: Group) -> Difference | None:
    """By how much more often an offered product is bought; None while a group is empty."""
    return rate_difference((offered.taken, offered.sales), (control.taken, control.sales))


def margin_uplift(offered: Group, control: Group) -> Difference | None:
    """How much more margin a sale brings, in minor units; None while a group has few sales."""
    return mean_difference(
        Sample(offered.sales, offered.margin_minor, offered.margin_squares),
        Sample(control.sales, control.margin_minor, control.margin_squares),
    )


def rate_difference(first: tuple[int, int], second: tuple[int, int]) -> Difference | None:
    """Of two rates, each as hits and tries, the first less the second; None of no tries."""
    if not first[1] or not second[1]:
        return None
    one, two = first[0] / first[1], second[0] / second[1]
    low_one, high_one = wilson(*first)
    low_two, high_two = wilson(*second)
    return Difference(
        one - two,
        one - two - sqrt((one - low_one) ** 2 + (high_two - two) ** 2),
        one - two + sqrt((high_one - one) ** 2 + (two - low_two) ** 2),
    )


def mean_difference(first: Sample, second: Sample) -> Difference | None:
    """Of two means, the first less the second; None while a sample is small."""
    if min(first.count, second.count) < FEWEST_FOR_MEANS:
        return None
    value = first.total / first.count - second.total / second.count
    spread = _Z * sqrt(_variance(first) / first.count + _variance(second) / second.count)
    return Difference(value, value - spread, value + spread)


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The score interval of a rate (Wilson 1927)."""
    rate, square = hits / tries, _Z**2
    middle = rate + square / (2 * tries)
    spread = _Z * sqrt(rate * (1 - rate) / tries + square / (4 * tries**2))
    return (middle - spread) / (1 + square / tries), (middle + spread) / (1 + square / tries)


def _variance(sample: Sample) -> float:
    """Exact until the last division."""
    exact = Fraction(sample.squares * sample.count - sample.total**2)
    return float(exact / (sample.count * (sample.count - 1)))
