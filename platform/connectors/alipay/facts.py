"""Reads what an answer says about the trade; what cannot be read is left out, not guessed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from connectors.alipay.masking import mask_account
from connectors.alipay.rules import BEIJING
from connectors.base import TradeFacts
from kernel.money import AmountNotRepresentable, Money, UnknownCurrency

_WALLETS = {"ALIPAYCN": "alipay", "ALIPAYHK": "alipay_hk"}
_MAX_FACT_CHARACTERS = 128
# Digits and a point, as Alipay writes them; an exponent could name a number too long to hold.
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,8})?").fullmatch


def read_facts(fields: Mapping[str, str]) -> TradeFacts:
    """The facts of a verified answer to any call (§2.3, 3.2, 3.3, 3.4), under their many names."""
    currency = fields.get("currency", "")
    yuan = read_money(fields.get("trans_amount_cny") or fields.get("refund_amount_cny"), "CNY")
    login = _short(fields.get("alipay_buyer_login_id"))
    return TradeFacts(
        scheme_transaction_id=_short(fields.get("alipay_trans_id") or fields.get("trade_no")),
        payer_account=mask_account(login) if login else None,
        payer_user_id=_short(fields.get("alipay_buyer_user_id")),
        payer_amount=yuan,
        exchange_rate=_rate(fields.get("exchange_rate")),
        merchant_discount=read_money(fields.get("m_discount_forex_amount"), currency),
        wallet=_wallet(fields, yuan),
        paid_at=read_beijing_time(fields.get("alipay_pay_time", "")),
    )


def read_money(text: str | None, currency: str) -> Money | None:
    """``text`` in major units as Money; None if it is no amount of ``currency``."""
    if not _PLAIN_AMOUNT(text or ""):
        return None
    try:
        return Money.from_decimal(text or "", currency)
    except (AmountNotRepresentable, UnknownCurrency):
        return None


def read_beijing_time(text: str) -> datetime | None:
    """``yyyyMMddHHmmss`` as an aware UTC time; Alipay's times are Beijing's (§1.2)."""
    if len(text) != 14 or not text.isdecimal():
        return None
    try:
        naive = datetime.fromisoformat(f"{text[:8]}T{text[8:]}")
    except ValueError:
        return None
    return naive.replace(tzinfo=BEIJING).astimezone(UTC)


def _rate(text: str | None) -> str | None:
    try:
        rate = Decimal(_short(text) or "")
    except InvalidOperation:
        return None
    return text if rate.is_finite() and rate > 0 else None


def _wallet(fields: Mapping[str, str], yuan: Money | None) -> str | None:
    """The wallet as named; else the mainland's, if the customer paid in its currency (§2.3)."""
    return _WALLETS.get(fields.get("payment_inst", "")) or ("alipay" if yuan else None)


def _short(text: str | None) -> str | None:
    return (text or "").strip()[:_MAX_FACT_CHARACTERS] or None
