from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.alipay.rules import (
    CURRENCIES,
    cancel_window_closes_at,
    is_amount_allowed,
    is_currency_supported,
    is_payment_code,
    is_refund_blackout,
)
from kernel.currencies import minor_digits
from kernel.money import Money


@pytest.mark.parametrize("prefix", ["25", "26", "27", "28", "29", "30"])
@pytest.mark.parametrize("length", [16, 18, 24])
def test_a_payment_code_has_16_to_24_digits_from_25_to_30(prefix: str, length: int) -> None:
    assert is_payment_code(prefix + "1" * (length - 2)) is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2" + "5" * 14,  # 15 digits
        "28" + "1" * 23,  # 25 digits
        "24" + "1" * 16,
        "31" + "1" * 16,
        "28681001234567890a",
        "286810012345678901 ",
        "286810012345678901\n",
        "28" + "\u0661" * 16,  # digits, but not ours
    ],
)
def test_anything_else_is_no_payment_code(text: str) -> None:
    assert is_payment_code(text) is False


def test_the_currencies_are_those_of_the_reference() -> None:
    assert len(CURRENCIES) == 26
    assert is_currency_supported("HKD") is True
    assert is_currency_supported("KWD") is False
    assert {code for code in CURRENCIES if minor_digits(code) != 2} == {"JPY", "KRW"}


@pytest.mark.parametrize(
    ("minor", "currency", "is_allowed"),
    [
        (0, "HKD", False),
        (-1, "HKD", False),
        (1, "HKD", True),
        (10_000_000_000, "HKD", True),
        (10_000_000_001, "HKD", False),
        (0, "JPY", False),
        (1, "JPY", True),
        (100_000_000, "JPY", True),
        (100_000_001, "KRW", False),
    ],
)
def test_amounts_lie_between_a_cent_and_a_hundred_million(
    minor: int, currency: str, is_allowed: bool
) -> None:
    assert is_amount_allowed(Money(minor, currency)) is is_allowed


@pytest.mark.parametrize(
    ("paid_at", "closes_at"),
    [
        # 22 November, 14:30 in Beijing.
        (datetime(2026, 11, 22, 6, 30, tzinfo=UTC), datetime(2026, 11, 22, 16, 15, tzinfo=UTC)),
        # The last second of that day in Beijing, and the first of the next.
        (
            datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 22, 16, 15, tzinfo=UTC),
        ),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), datetime(2026, 11, 23, 16, 15, tzinfo=UTC)),
    ],
)
def test_the_cancel_window_ends_a_quarter_after_midnight_in_beijing(
    paid_at: datetime, closes_at: datetime
) -> None:
    assert cancel_window_closes_at(paid_at) == closes_at


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year < 9999))
def test_a_cancel_window_is_open_for_a_quarter_to_a_day_and_a_quarter(paid_at: datetime) -> None:
    open_seconds = (cancel_window_closes_at(paid_at) - paid_at).total_seconds()

    assert 15 * 60 < open_seconds <= 24 * 3600 + 15 * 60


@pytest.mark.parametrize(
    ("hour", "minute", "is_blackout"),
    [(15, 59, False), (16, 0, True), (17, 29, True), (17, 30, False), (4, 0, False)],
)
def test_refunds_at_once_are_refused_from_midnight_to_half_past_one_in_beijing(
    hour: int, minute: int, is_blackout: bool
) -> None:
    now = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)

    assert is_refund_blackout(now) is is_blackout
