"""Reads: the stores and terminals that a key may use, never more; and why a store is not paid."""

from uuid import UUID

from django.db.models import QuerySet

from merchants.authentication import Principal
from merchants.models import Registration, Store, Terminal
from merchants.registration_state import RegistrationStatus


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


_WORDS = {
    RegistrationStatus.TO_SEND: "The store is about to be registered with Alipay; try again soon.",
    RegistrationStatus.IN_REVIEW: "Alipay is still looking at the store's registration.",
    RegistrationStatus.REFUSED: "Alipay has refused the store; your acquirer must correct it.",
    RegistrationStatus.REGISTERED: "The store is registered under other names than it has now.",
}


def why_not_registered(store: Store, account_id: UUID) -> str | None:
    """Why Alipay does not know the store below this account, in words; None if it does."""
    row = Registration.objects.filter(store=store, partner_account_id=account_id).first()
    if row is None:
        return _WORDS[RegistrationStatus.TO_SEND]
    names = store.merchant.scheme_merchant_id, store.scheme_store_id
    if row.registered_at and names == (row.scheme_merchant_id, row.scheme_store_id):
        return None
    words = _WORDS[RegistrationStatus(row.status)]
    return f"{words} It said: {row.reason}" if row.reason else words
