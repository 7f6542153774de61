"""Reads: the stores and terminals that a key may use. Never more than its merchant, its store."""

from uuid import UUID

from django.db.models import QuerySet

from merchants.authentication import Principal
from merchants.models import Store, Terminal


def list_stores(principal: Principal) -> QuerySet[Store, Store]:
    """The key's stores: all of its merchant's, or the one it is bound to."""
    rows = Store.objects.filter(merchant_id=principal.merchant_id)
    return rows if principal.store_id is None else rows.filter(id=principal.store_id)


def list_terminals(principal: Principal) -> QuerySet[Terminal, Terminal]:
    """The terminals of the key's stores, or the one it is bound to."""
    rows = Terminal.objects.filter(merchant_id=principal.merchant_id)
    if principal.terminal_id is not None:
        return rows.filter(id=principal.terminal_id)
    return rows if principal.store_id is None else rows.filter(store_id=principal.store_id)


def find_store(principal: Principal, store_id: UUID) -> Store | None:
    """The store, or None also where it is somebody else's."""
    return list_stores(principal).filter(id=store_id).first()
