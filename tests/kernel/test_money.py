from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.currencies import MINOR_DIGITS, minor_digits
from kernel.money import AmountNotRepresentable, CurrencyMismatch, Money, UnknownCurrency

currencies = st.sampled_from(sorted(MINOR_DIGITS))
minors = st.integers(min_value=-(10**15), max_value=10**15)
amounts = st.builds(Money, minors, currencies)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(12050, "HKD"), "HKD 120.50"),
        (Money(-5, "USD"), "USD -0.05"),
        (Money(500, "JPY"), "JPY 500"),
        (Money(0, "KRW"), "KRW 0"),
        (Money(1234, "KWD"), "KWD 1.234"),
        (Money(10**15, "HKD"), "HKD 10000000000000.00"),
    ],
)
def test_money_is_written_with_the_digits_of_its_currency(money: Money, text: str) -> None:
    assert str(money) == text


@given(amounts)
def test_an_amount_written_in_major_units_is_read_back_unchanged(money: Money) -> None:
    assert Money.from_decimal(f"{money.to_decimal():f}", money.currency) == money
    assert Money.from_decimal(money.to_decimal(), money.currency) == money
    assert -money.to_decimal().as_tuple().exponent == minor_digits(money.currency)


@given(minors, minors, currencies)
def test_adding_and_taking_away_are_those_of_the_minor_units(a: int, b: int, code: str) -> None:
    left, right = Money(a, code), Money(b, code)

    assert left + right == Money(a + b, code)
    assert left - right == Money(a - b, code)
    assert -left == Money(-a, code)
    assert (left < right, left <= right) == (a < b, a <= b)
    assert (left > right, left >= right) == (a > b, a >= b)


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__"])
def test_different_currencies_are_never_mixed(operation: str) -> None:
    with pytest.raises(CurrencyMismatch, match="USD and HKD"):
        getattr(Money(100, "USD"), operation)(Money(100, "HKD"))

    assert Money(100, "USD") != Money(100, "HKD")


@pytest.mark.parametrize("text", ["1.005", "0.001", "1e-3", "abc", "", "NaN", "Infinity", "1,00"])
def test_an_amount_that_a_currency_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(AmountNotRepresentable):
        Money.from_decimal(text, "HKD")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("120.5", "HKD", 12050),
        ("120.500", "HKD", 12050),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("-0.01", "USD", -1),
        (Decimal("1.234"), "KWD", 1234),
    ],
)
def test_trailing_zeros_are_no_digits(text: str | Decimal, currency: str, minor: int) -> None:
    assert Money.from_decimal(text, currency) == Money(minor, currency)


def test_half_a_yen_is_refused() -> None:
    with pytest.raises(AmountNotRepresentable, match="more than 0 decimals for JPY"):
        Money.from_decimal("1.5", "JPY")


@pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1)])
def test_minor_units_are_an_int_and_nothing_like_one(minor: object) -> None:
    with pytest.raises(TypeError, match="minor units are an int"):
        Money(minor, "HKD")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["hkd", "HK", "XXX", "", "DEM"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency, match="no active ISO 4217 code"):
        Money(1, code)
    with pytest.raises(UnknownCurrency):
        minor_digits(code)


def test_an_amount_cannot_be_changed() -> None:
    money = Money(1, "HKD")

    with pytest.raises(AttributeError):
        money.minor = 2  # type: ignore[misc]

    assert money == Money(1, "HKD")
