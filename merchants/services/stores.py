"""A new store of a merchant, and corrections of one."""

from decimal import Decimal
from typing import Any

from merchants.models import Merchant, Store
from tenancy.saving import save_checked


def create_store(
    *, merchant: Merchant, name: str, scheme_store_id: str, **place: str | Decimal | None
) -> Store:
    """A place of business, of the merchant's own acquirer.

    ``place`` is its address in parts (merchants.addresses), and ``latitude`` and ``longitude`` in
    degrees. Raises Rejected, or Conflict if the merchant has that ``scheme_store_id`` already.
    """
    store = Store(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        name=name,
        scheme_store_id=scheme_store_id,
        **place,
    )
    save_checked(store)
    return store


def change_store(store: Store, changes: dict[str, Any]) -> Store:
    """Correct these fields; what Alipay knows of it is sent again by itself. Raises as above."""
    for name, value in changes.items():
        setattr(store, name, value)
    save_checked(store)
    return store
