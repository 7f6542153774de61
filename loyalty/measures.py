"""Support, confidence and lift of a rule, exact, from its counts. No Django, no I/O."""

from fractions import Fraction


def support(both: int, baskets: int) -> Fraction:
    """In which part of all baskets both sides are; of no baskets in none."""
    return Fraction(both, baskets) if baskets else Fraction(0)


def confidence(both: int, antecedent: int) -> Fraction:
    """In which part of the antecedent's baskets the consequent is; of none in none."""
    return Fraction(both, antecedent) if antecedent else Fraction(0)


def lift(both: int, antecedent: int, consequent: int, baskets: int) -> Fraction:
    """How many times as often as by chance: 1 is chance, 0 where a side never sold."""
    chance = antecedent * consequent
    return Fraction(both * baskets, chance) if chance else Fraction(0)


def show(value: Fraction, digits: int = 4) -> str:
    """As a decimal, rounded half up: ``0.2500``."""
    scaled = (value.numerator * 10**digits * 2 + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(scaled, 10**digits)
    return f"{whole}.{rest:0{digits}d}"
