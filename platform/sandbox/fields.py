"""What each call must carry, and in what form (reference §2.1, 2.2, 3.2-3.5, 4)."""

import re
from collections.abc import Mapping

REQUIRED = {
    "pay": (
        "alipay_seller_id",
        "trans_name",
        "partner_trans_id",
        "currency",
        "trans_amount",
        "buyer_identity_code",
        "identity_code_type",
        "trans_create_time",
        "biz_product",
    ),
    "precreate": (
        "_input_charset",
        "notify_url",
        "timestamp",
        "seller_id",
        "out_trade_no",
        "subject",
        "product_code",
        "total_fee",
        "currency",
    ),
    "query": (),
    "cancel": ("timestamp", "_input_charset"),
    "refund": ("partner_trans_id", "partner_refund_id", "refund_amount", "currency"),
    "refund_query": ("out_trade_no", "out_return_no"),
    "maintain": (
        "_input_charset",
        "timestamp",
        "secondary_merchant_id",
        "secondary_merchant_name",
        "store_id",
        "store_name",
        "store_country",
        "store_address",
        "store_industry",
        "secondary_merchant_type",
        "register_country",
    ),
    "query_status": (
        "_input_charset",
        "timestamp",
        "secondary_merchant_id",
        "store_id",
        "payment_method",
    ),
    "rates": (),
}
# At least one of these names the trade.
_NAMES = {"query": ("partner_trans_id", "alipay_trans_id"), "cancel": ("out_trade_no", "trade_no")}
_LONGEST = {
    "notify_url": 200,
    "trans_name": 256,
    "subject": 256,
    "partner_trans_id": 64,
    "partner_refund_id": 64,
    "out_trade_no": 64,
    "out_return_no": 128,
    "alipay_trans_id": 64,
    "trade_no": 64,
    "refund_reason": 128,
    "refund_reson": 128,
    "currency": 10,
    "secondary_merchant_name": 128,
    "store_name": 256,
    "store_address": 256,
    "registration_no": 128,
    "register_address": 256,
    "shareholder_name": 64,
    "shareholder_id": 128,
    "representative_name": 64,
    "representative_id": 128,
    "contact_email": 128,
}
_PLAIN_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
_FORMS = {
    "buyer_identity_code": r"(25|26|27|28|29|30)[0-9]{14,22}",
    "identity_code_type": r"barcode|QRcode",
    "biz_product": r"OVERSEAS_MBARCODE_PAY",
    "product_code": r"OVERSEAS_MBARCODE_PAY",
    "trans_create_time": r"[0-9]{14}",
    "trans_currency": r"MOP|TWD|CNY",
    "timestamp": rf"[0-9]{{13}}|{_PLAIN_TIME}",
    "notify_url": r"https?://[^\s]+",
    "secondary_merchant_id": r"[A-Za-z0-9_-]{1,64}",
    "store_id": r"[A-Za-z0-9_-]{1,64}",
    "store_country": r"[A-Z]{2}",
    "register_country": r"[A-Z]{2}",
    "store_industry": r"[0-9]{4}",
    "secondary_merchant_type": r"INDIVIDUAL|ENTERPRISE",
    "contact_no": r"[0-9+() -]{1,64}",
    "payment_method": r"INSTORE_PAYMENT|ONLINE_PAYMENT",
}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML can echo them
_STORE_KEY = re.compile(r"[A-Za-z0-9_-]{1,32}")


def is_well_formed(service: str, request: Mapping[str, str]) -> bool:
    """Whether the gateway takes the call at all; if not, it says ILLEGAL_ARGUMENT."""
    if any(not request.get(name) for name in REQUIRED[service]):
        return False
    if service in _NAMES and not any(request.get(name) for name in _NAMES[service]):
        return False
    if any(_UNWRITABLE.search(name + value) for name, value in request.items()):
        return False
    if any(len(request.get(name, "")) > longest for name, longest in _LONGEST.items()):
        return False
    for name, form in _FORMS.items():
        if request.get(name) and re.fullmatch(form, request[name]) is None:
            return False
    if service == "precreate":
        return _is_precreate(request)
    return service != "pay" or request["alipay_seller_id"] == request["partner"]


def _is_precreate(request: Mapping[str, str]) -> bool:
    """Its address is shorter and its time has one form only (§1.2)."""
    if re.fullmatch(_PLAIN_TIME, request["timestamp"]) is None:
        return False
    return len(request["notify_url"]) <= 190 and request["seller_id"] == request["partner"]


def is_store_key(value: object) -> bool:
    """Whether it can be a secondary_merchant_id or a store_id (§2.2)."""
    return isinstance(value, str) and _STORE_KEY.fullmatch(value) is not None
