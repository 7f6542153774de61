"""Money: an integer count of a currency's minor unit, with its ISO 4217 code. Never a float."""

from dataclasses import dataclass
from decimal import Decimal

from kernel.currencies import UnknownCurrency, minor_digits

__all__ = ["AmountNotRepresentable", "CurrencyMismatch", "Money", "UnknownCurrency"]


_LONGEST_TEXT = 40  # characters; an exponent could make a number of millions of digits


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""


class AmountNotRepresentable(ValueError):
    """A decimal amount has more digits than its currency."""


@dataclass(frozen=True, slots=True)
class Money:
    """``Money(12050, "HKD")`` is 120.50 Hong Kong dollars; ``Money(500, "JPY")`` is 500 yen."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        minor_digits(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def to_decimal(self) -> Decimal:
        """The amount in major units with exactly the currency's digits: ``Decimal("120.50")``."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __str__(self) -> str:
        return f"{self.currency} {self.to_decimal():f}"

    @classmethod
    def from_decimal(cls, text: str | Decimal, currency: str) -> "Money":
        """Read major units without rounding.

        Raises AmountNotRepresentable if ``text`` is no finite number or has more digits than the
        currency (``"1.005"`` HKD, ``"1.5"`` JPY); trailing zeros are no digits.
        """
        digits = minor_digits(currency)
        plain = str(text)
        # Decimal itself takes exponents, underscores between digits, and the digits of any script.
        if len(plain) > _LONGEST_TEXT or not plain.isascii() or {"e", "E", "_"} & set(plain):
            raise AmountNotRepresentable(f"{plain[:40]!r} is no plain amount of {currency}")
        try:
            scaled = Decimal(text).scaleb(digits)
            minor = int(scaled)
        except (ArithmeticError, ValueError) as error:
            raise AmountNotRepresentable(f"{text!r} is no amount of {currency}") from error
        if scaled != minor:
            raise AmountNotRepresentable(f"{text} has more than {digits} decimals for {currency}")
        return cls(minor, currency)
