"""How many points a payment earns, and how many are left of them after refunds. No Django, no I/O.

Exact fractions until the end: a payment's points are rounded once, by the programme's rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from loyalty.member_state import Rounding

FULL = 10_000  # basis points: once
POINTS_LIMIT = 1_000_000_000  # of one payment: more is a slip in a rule


@dataclass(frozen=True, slots=True)
class Terms:
    """``points`` for every ``per_minor`` minor units that were charged, so many times by tier."""

    points: int
    per_minor: int
    tier_basis_points: int = FULL
    rounding: Rounding = Rounding.DOWN


@dataclass(frozen=True, slots=True)
class Line:
    """Goods of one kind in the basket: their price in minor units, and how often they count."""

    minor: int
    basis_points: int = FULL


def earn(terms: Terms, *, asked_minor: int, charged_minor: int, lines: Iterable[Line] = ()) -> int:
    """The points of a payment of ``charged_minor`` for goods of ``asked_minor``.

    What coupons and points paid (the difference) earns nothing, and is taken from all goods alike.
    What the ``lines`` do not name counts once; where they name more than was asked for, each
    counts by its share.
    """
    lines = list(lines)
    named = sum(line.minor for line in lines)
    basis = max(named, asked_minor)
    if basis <= 0 or charged_minor <= 0:
        return 0
    weighed = sum(line.minor * line.basis_points for line in lines) + (basis - named) * FULL
    exact = Fraction(charged_minor * terms.points, terms.per_minor)
    exact *= Fraction(weighed, basis * FULL) * Fraction(terms.tier_basis_points, FULL)
    return min(round_points(exact, terms.rounding), POINTS_LIMIT)


def keep(points: int, *, amount_minor: int, refunded_minor: int, rounding: Rounding) -> int:
    """What stays of ``points`` when ``refunded_minor`` of ``amount_minor`` was given back.

    Of the whole payment, so that many small refunds come to the same as one: all of the points at
    the beginning, none at the end, never more after another refund.
    """
    if amount_minor <= 0 or refunded_minor >= amount_minor:
        return 0
    left = Fraction(points * (amount_minor - refunded_minor), amount_minor)
    return min(points, round_points(left, rounding))


def round_points(exact: Fraction, rounding: Rounding) -> int:
    """Whole points; ``exact`` is zero or more."""
    match rounding:
        case Rounding.DOWN:
            return floor(exact)
        case Rounding.HALF_UP:
            return floor(exact + Fraction(1, 2))
        case Rounding.UP:
            return ceil(exact)
