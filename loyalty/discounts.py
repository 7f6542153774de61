"""What a campaign takes off a basket: one table of rules. Pure: integers in, an integer out.

Every part of a minor unit is rounded *down*, once for each rule, so that a customer is never
promised more than the words of the campaign say. No rule takes off more than the price.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

FULL = 10_000  # basis points: all of it


class DiscountKind(StrEnum):
    """How much a campaign takes off."""

    AMOUNT = "amount"  # a fixed sum off the price
    PERCENTAGE = "percentage"  # a part of the price
    ITEM = "item"  # a fixed sum, or a part, off each piece of certain goods
    BUY_X_GET_Y = "buy_x_get_y"  # of certain goods, the cheapest of each group for less


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the basket; ``unit_amount`` in minor units."""

    quantity: int
    unit_amount: int
    sku: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign says; amounts in minor units, parts in basis points.

    ``skus`` and ``categories`` name the goods that count; both empty: all of them. ``cap_minor`` is
    the most that one payment saves. Of each ``buy_quantity + get_quantity`` pieces the cheapest
    ``get_quantity`` are ``basis_points`` cheaper.
    """

    kind: DiscountKind
    amount_minor: int = 0
    basis_points: int = 0
    cap_minor: int | None = None
    skus: frozenset[str] = field(default_factory=frozenset)
    categories: frozenset[str] = field(default_factory=frozenset)
    buy_quantity: int = 0
    get_quantity: int = 0

    def counts(self, line: Line) -> bool:
        """Whether the goods of ``line`` are meant."""
        if not self.skus and not self.categories:
            return True
        return line.sku in self.skus or line.category in self.categories


def take_off(terms: Terms, price: int, lines: Sequence[Line]) -> int:
    """Minor units off ``price``; 0 where the basket has nothing that the campaign is for."""
    meant = [line for line in lines if terms.counts(line)]
    is_for_goods = bool(terms.skus or terms.categories)
    whole = min(price, sum(_value(line) for line in meant)) if is_for_goods else price
    off = _RULES[terms.kind](terms, whole, meant)
    limits = [whole, off] if terms.cap_minor is None else [whole, off, terms.cap_minor]
    return max(0, min(limits))


def most_off(terms: Terms) -> int | None:
    """Minor units that one coupon takes off at most; None where only the price says."""
    if terms.kind is DiscountKind.AMOUNT:
        return min(terms.amount_minor, terms.cap_minor or terms.amount_minor)
    return terms.cap_minor


def _amount(terms: Terms, whole: int, meant: Sequence[Line]) -> int:
    return terms.amount_minor


def _percentage(terms: Terms, whole: int, meant: Sequence[Line]) -> int:
    return whole * terms.basis_points // FULL


def _item(terms: Terms, whole: int, meant: Sequence[Line]) -> int:
    """Each piece for less, by the fixed sum or by the part, but never for less than nothing."""
    if terms.basis_points:
        return sum(_value(line) for line in meant) * terms.basis_points // FULL
    return sum(line.quantity * min(terms.amount_minor, line.unit_amount) for line in meant)


def _buy_x_get_y(terms: Terms, whole: int, meant: Sequence[Line]) -> int:
    pieces = sum(line.quantity for line in meant)
    left = pieces // (terms.buy_quantity + terms.get_quantity) * terms.get_quantity
    value = 0
    for line in sorted(meant, key=lambda line: line.unit_amount):
        taken = min(left, line.quantity)
        value += taken * line.unit_amount
        left -= taken
    return value * terms.basis_points // FULL


def _value(line: Line) -> int:
    return line.quantity * line.unit_amount


_RULES: dict[DiscountKind, Callable[[Terms, int, Sequence[Line]], int]] = {
    DiscountKind.AMOUNT: _amount,
    DiscountKind.PERCENTAGE: _percentage,
    DiscountKind.ITEM: _item,
    DiscountKind.BUY_X_GET_Y: _buy_x_get_y,
}
