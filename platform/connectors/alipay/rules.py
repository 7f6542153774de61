"""The numbers of Alipay's barcode payment, as pure functions (barcode reference §2.1, 3.3, 3.4)."""

import re
from datetime import UTC, datetime, time, timedelta, timezone

from kernel.money import Money

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")  # no daylight saving time since 1991

# §2.1, the list of spotpay_cn; which of them one partner may use is a matter of its contract.
# fmt: off
CURRENCIES = frozenset({
    "AED", "AUD", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "IDR", "ILS", "JPY",
    "KRW", "LKR", "MUR", "MYR", "NOK", "NZD", "PHP", "RUB", "SEK", "SGD", "THB", "USD", "ZAR",
})
# fmt: on
LARGEST_AMOUNT = "100000000.00"
TITLE_MAX_CHARACTERS = 256
UNPAID_TRADE_SECONDS = 180  # §3.1: Alipay closes an unpaid trade by itself
CANCEL_BUFFER = timedelta(minutes=15)
BLACKOUT_ENDS = time(1, 30)

PAYMENT_CODE_PATTERN = "(?:2[5-9]|30)[0-9]{14,22}"
_PAYMENT_CODE = re.compile(PAYMENT_CODE_PATTERN)


def is_payment_code(text: str) -> bool:
    """Can ``text`` be a wallet's code: 16 to 24 digits that begin with 25 to 30 (§2.1)?"""
    return _PAYMENT_CODE.fullmatch(text) is not None


def is_currency_supported(currency: str) -> bool:
    """Is ``currency`` one that the barcode product settles in (§2.1)?"""
    return currency in CURRENCIES


def is_amount_allowed(amount: Money) -> bool:
    """Is ``amount`` within 0.01 and 100000000.00, in whole units for JPY and KRW (§2.1)?"""
    # One minor unit is 0.01 of every listed currency but JPY and KRW, where it is 1.
    return 1 <= amount.minor <= Money.from_decimal(LARGEST_AMOUNT, amount.currency).minor


def cancel_window_closes_at(paid_or_created_at: datetime) -> datetime:
    """The moment (UTC) from which a cancel is refused: the Beijing day's end plus 15 min (§3.3)."""
    day = paid_or_created_at.astimezone(BEIJING).date()
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=BEIJING)
    return (midnight + CANCEL_BUFFER).astimezone(UTC)


def is_refund_blackout(now: datetime) -> bool:
    """Does Alipay refuse immediate refunds now: 00:00 to 01:30 in Beijing (§3.4)?"""
    return now.astimezone(BEIJING).time() < BLACKOUT_ENDS
