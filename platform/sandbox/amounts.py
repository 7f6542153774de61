"""Amounts on the wire, currencies and rates (reference §2.1, 2.3)."""

import re
from decimal import ROUND_HALF_UP, Decimal

from kernel.currencies import UnknownCurrency, minor_digits
from kernel.money import AmountNotRepresentable, Money

_LARGEST = Decimal("100000000.00")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
# CNY per unit, eight decimals as on the wire; the sandbox's own market never moves.
RATES = {
    "HKD": "0.90207000", "USD": "7.01350000", "EUR": "7.62410000", "GBP": "8.91220000",
    "JPY": "0.04712000", "KRW": "0.00508000", "SGD": "5.31870000", "AUD": "4.61230000",
    "CAD": "5.01120000", "NZD": "4.18760000", "THB": "0.20411000", "CHF": "8.01340000",
    "SEK": "0.68120000", "DKK": "1.02210000", "NOK": "0.66430000", "MYR": "1.56780000",
    "IDR": "0.00044000", "PHP": "0.12310000", "MUR": "0.15320000", "ILS": "1.90210000",
    "LKR": "0.02340000", "RUB": "0.08120000", "AED": "1.90960000", "CZK": "0.30420000",
    "ZAR": "0.38870000", "CNY": "1.00000000",
}  # fmt: skip


def read_amount(text: str, currency: str) -> int | None:
    """Minor units, or None for what is no amount of a supported currency."""
    if currency not in RATES or _NUMBER.fullmatch(text) is None:
        return None
    if minor_digits(currency) == 0 and "." in text:  # JPY, KRW: an integer, and no ``.00`` (§2.1)
        return None
    try:
        money = Money.from_decimal(text, currency)
    except (AmountNotRepresentable, UnknownCurrency):
        return None
    return money.minor if 0 < money.to_decimal() <= _LARGEST else None


def write_amount(minor: int, currency: str) -> str:
    """As Alipay prints it: ``120.50``; whole units for JPY and KRW."""
    return f"{Decimal(minor).scaleb(-minor_digits(currency)):f}"


def to_fen(minor: int, currency: str, rate: str) -> int:
    """What the customer pays, half up (reference §2.3: 0.01 at 6.6464 is 0.07)."""
    major = Decimal(minor).scaleb(-minor_digits(currency))
    return int((major * Decimal(rate) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def write_fen(fen: int) -> str:
    """``10870`` → ``108.70``."""
    return f"{Decimal(fen).scaleb(-2):f}"
