"""What Alipay is told about a store, and whether that has changed since."""

import hashlib
import json
import re
from dataclasses import asdict

from connectors.base import StoreRegistration
from merchants.addresses import address_of
from merchants.models import Contact, Merchant, Store


def announcement_of(store: Store) -> StoreRegistration:
    """The store with its merchant in the scheme's terms (barcode reference §5.1).

    Reads the merchant's contacts: no network may be waited for meanwhile.
    """
    merchant, contact = store.merchant, _contact_of(store.merchant)
    place = address_of(store, "")
    return StoreRegistration(
        merchant_id=merchant.scheme_merchant_id,
        merchant_name=merchant.legal_name,
        store_id=store.scheme_store_id,
        store_name=store.name,
        store_country=place.country,
        store_address=str(place),
        mcc=merchant.mcc,
        merchant_type=merchant.organisation.upper(),
        register_country=merchant.country,
        registration_number=merchant.registration_number,
        register_address=str(address_of(merchant, "registered_")),
        responsible_name=merchant.responsible_name,
        responsible_id=merchant.responsible_id,
        contact_phone=re.sub(r"[^0-9+()-]", "", contact.phone) if contact else "",
        contact_email=contact.email if contact else "",
    )


def _contact_of(merchant: Merchant) -> Contact | None:
    """Whom the scheme may call: the first contact for business."""
    return merchant.contacts.filter(role=Contact.Role.BUSINESS).order_by("id").first()


def digest_of(announcement: StoreRegistration) -> str:
    """Equal for equal announcements; keeps no number that names a person."""
    text = json.dumps(asdict(announcement), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
