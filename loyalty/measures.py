"""Support, confidence and lift of a rule, exact, from its counts. No Django, no I/O."""

from fractions import Fraction


def support(both: int, baskets: int) -> Fraction:
    """In which part of all baskets both sides are."""
    return Fraction(both, baskets)


def confidence(both: int, antecedent: int) -> Fraction:
    """In which part of the antecedent's baskets the consequent is."""
    return Fraction(both, antecedent)


def lift(both: int, antecedent: int, consequent: int, baskets: int) -> Fraction:
    """How many times as often as by chance: 1 is chance."""
    return Fraction(both * baskets, antecedent * consequent)


def show(value: Fraction, digits: int = 4) -> str:
    """As a decimal, rounded half up: ``0.2500``."""
    scaled = (value.numerator * 10**digits * 2 + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(scaled, 10**digits)
    return f"{whole}.{rest:0{digits}d}"
