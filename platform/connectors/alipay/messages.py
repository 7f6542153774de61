"""The parameters of each call, before signing (barcode reference §2.1, 2.2, 3.2 to 3.6, 4)."""

import json
import re
import unicodedata
from datetime import datetime
from urllib.parse import quote_plus

from connectors.alipay.rules import BEIJING, TITLE_MAX_CHARACTERS
from connectors.alipay.signing import CHARSET
from connectors.base import PayRequest, PresentRequest, RefundRequest
from kernel.money import Money

PAY = "alipay.acquire.overseas.spot.pay"
PRECREATE = "alipay.acquire.precreate"
QUERY = "alipay.acquire.overseas.query"
CANCEL = "alipay.acquire.cancel"
REFUND = "alipay.acquire.overseas.spot.refund"
QUERY_REFUND = "alipay.acquire.refund.query"
VERIFY_NOTIFICATION = "notify_verify"

Parameters = dict[str, str]

# Most values are ids, numbers and constants; asking is much cheaper than quoting.
_NEEDS_NO_QUOTING = re.compile(r"[A-Za-z0-9_.-]*").fullmatch


def pay(partner_id: str, request: PayRequest) -> Parameters:
    """``spot.pay``: the scanned code, the amount, and the shop that ``extend_info`` names."""
    return _call(PAY, partner_id) | {
        "notify_url": request.notify_url,
        "alipay_seller_id": partner_id,
        "trans_name": plain_text(request.title) or plain_text(request.store_name),
        "partner_trans_id": request.partner_trans_id,
        "currency": request.amount.currency,
        "trans_amount": decimal_text(request.amount),
        "buyer_identity_code": request.payment_code,
        "identity_code_type": "barcode",
        "trans_create_time": request.created_at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S"),
        "biz_product": "OVERSEAS_MBARCODE_PAY",
        "extend_info": _extend_info(request),
    }


def precreate(partner_id: str, request: PresentRequest, *, at: datetime) -> Parameters:
    """``acquire.precreate``: pay's facts under other names, and how long the order may live."""
    return _call(PRECREATE, partner_id) | {
        "notify_url": request.notify_url,
        "timestamp": at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "seller_id": partner_id,
        "subject": plain_text(request.title) or plain_text(request.store_name),
        "product_code": "OVERSEAS_MBARCODE_PAY",
        "out_trade_no": request.partner_trans_id,
        "currency": request.amount.currency,
        "total_fee": decimal_text(request.amount),
        "it_b_pay": whole_minutes(request.lifetime_seconds),
        "qr_code_it_b_pay": whole_minutes(request.lifetime_seconds),
        "extend_params": _extend_info(request),
    }


def query(partner_id: str, *, partner_trans_id: str) -> Parameters:
    """``overseas.query`` by our own id."""
    return _call(QUERY, partner_id) | {"partner_trans_id": partner_trans_id}


def cancel(partner_id: str, *, partner_trans_id: str, at: datetime) -> Parameters:
    """``acquire.cancel``; its ``timestamp`` is in milliseconds since 1970, unlike its sisters'."""
    return _call(CANCEL, partner_id) | {
        "out_trade_no": partner_trans_id,
        "timestamp": str(int(at.timestamp() * 1000)),
    }


def refund(partner_id: str, request: RefundRequest) -> Parameters:
    """``spot.refund``; only an asynchronous one can be notified, so only that one says where."""
    return _call(REFUND, partner_id) | {
        "notify_url": "" if request.is_synchronous else request.notify_url,
        "partner_trans_id": request.partner_trans_id,
        "partner_refund_id": request.partner_refund_id,
        "refund_amount": decimal_text(request.amount),
        "currency": request.amount.currency,
        "refund_reason": plain_text(request.reason or "", limit=128),
        "is_sync": "Y" if request.is_synchronous else "N",
    }


def query_refund(partner_id: str, *, partner_trans_id: str, partner_refund_id: str) -> Parameters:
    """``refund.query`` by our own ids, under the names that this call gives them."""
    return _call(QUERY_REFUND, partner_id) | {
        "out_trade_no": partner_trans_id,
        "out_return_no": partner_refund_id,
    }


def verify_notification(partner_id: str, *, notify_id: str) -> Parameters:
    """``notify_verify``: did Alipay send the notification with this id (§3.6)?"""
    return _call(VERIFY_NOTIFICATION, partner_id) | {"notify_id": notify_id}


def decimal_text(amount: Money) -> str:
    """Major units with the currency's own digits: ``120.50`` HKD, ``500`` JPY."""
    return f"{amount.to_decimal():f}"


def whole_minutes(seconds: int) -> str:
    """A lifetime as precreate takes it, rounded up: ``2m`` for 90 s."""
    return f"{max(1, -(-seconds // 60))}m"


def plain_text(text: str, limit: int = TITLE_MAX_CHARACTERS) -> str:
    """``text`` as Alipay takes it: one line, no control characters, no double quote (§1.1)."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(text.replace('"', "'").split())[:limit].rstrip()


def form(signed: Parameters) -> bytes:
    """The body of a call: URL-encoded, without the charset, which travels in the address (§1.1)."""
    pairs = (
        f"{name}={value if _NEEDS_NO_QUOTING(value) else quote_plus(value, encoding=CHARSET)}"
        for name, value in signed.items()
        if name != "_input_charset"
    )
    return "&".join(pairs).encode("ascii")


def _call(service: str, partner_id: str) -> Parameters:
    return {"service": service, "partner": partner_id, "_input_charset": CHARSET}


def _extend_info(request: PayRequest | PresentRequest) -> str:
    shop = {
        "secondary_merchant_id": request.merchant_id,
        "secondary_merchant_name": plain_text(request.merchant_name),
        "secondary_merchant_industry": request.merchant_mcc,
        "store_id": request.store_id,
        "store_name": plain_text(request.store_name),
        "terminal_id": request.terminal_id or "",
    }
    filled = {name: value for name, value in shop.items() if value}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))
