"""Announcing a store: what the two calls send (barcode reference §5.1, 5.2)."""

from datetime import datetime

from connectors.alipay.messages import Parameters, plain_text
from connectors.alipay.rules import BEIJING
from connectors.alipay.signing import CHARSET
from connectors.base import StoreRegistration

MAINTAIN = "alipay.overseas.secmerchant.offline.maintain"
QUERY_STATUS = "alipay.overseas.secmerchant.maintain.queryStatus"

# Who answers for the merchant, under the names that its type has.
_RESPONSIBLE = {
    "ENTERPRISE": ("shareholder_name", "shareholder_id"),
    "INDIVIDUAL": ("representative_name", "representative_id"),
}


def maintain(partner_id: str, request: StoreRegistration, *, at: datetime) -> Parameters:
    """``offline.maintain``: the store and who runs it; sent again with the same ids, an update."""
    name, number = _RESPONSIBLE[request.merchant_type]
    return _call(MAINTAIN, partner_id, at) | {
        "secondary_merchant_id": request.merchant_id,
        "secondary_merchant_name": plain_text(request.merchant_name, limit=128),
        "store_id": request.store_id,
        "store_name": plain_text(request.store_name),
        "store_country": request.store_country,
        "store_address": plain_text(request.store_address),
        "store_industry": request.mcc,
        "secondary_merchant_type": request.merchant_type,
        "registration_no": request.registration_number,
        "register_country": request.register_country,
        "register_address": plain_text(request.register_address),
        name: plain_text(request.responsible_name, limit=64),
        number: request.responsible_id,
        "contact_no": request.contact_phone,
        "contact_email": request.contact_email,
    }


def query_status(partner_id: str, *, merchant_id: str, store_id: str, at: datetime) -> Parameters:
    """``maintain.queryStatus`` of a store that is paid in person."""
    return _call(QUERY_STATUS, partner_id, at) | {
        "secondary_merchant_id": merchant_id,
        "store_id": store_id,
        "payment_method": "INSTORE_PAYMENT",
    }


def _call(service: str, partner_id: str, at: datetime) -> Parameters:
    return {
        "service": service,
        "partner": partner_id,
        "_input_charset": CHARSET,
        "timestamp": at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
    }
