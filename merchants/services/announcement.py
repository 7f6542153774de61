"""What Alipay is told about a store, and whether that has changed since."""

import hashlib
import json
from dataclasses import asdict

from connectors.base import StoreRegistration
from merchants.models import Store


def announcement_of(store: Store) -> StoreRegistration:
    """The store with its merchant in the scheme's terms (barcode reference §5.1)."""
    merchant = store.merchant
    return StoreRegistration(
        merchant_id=merchant.scheme_merchant_id,
        merchant_name=merchant.legal_name,
        store_id=store.scheme_store_id,
        store_name=store.name,
        store_country=merchant.country,
        store_address=store.address,
        mcc=merchant.mcc,
        merchant_type=merchant.organisation.upper(),
        register_country=merchant.country,
        registration_number=merchant.registration_number,
        responsible_name=merchant.responsible_name,
        responsible_id=merchant.responsible_id,
    )


def digest_of(announcement: StoreRegistration) -> str:
    """Equal for equal announcements; keeps no number that names a person."""
    text = json.dumps(asdict(announcement), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
