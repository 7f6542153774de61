"""Whom to call at a merchant: added, corrected, taken away. Alipay hears of it by itself."""

from typing import Any

from django.db import transaction

from kernel.errors import Conflict
from merchants.models import Contact, Merchant
from tenancy.saving import save_checked

CONTACTS_LIMIT = 20  # of one merchant


def add_contact(
    merchant: Merchant, *, role: str, contact_name: str, email: str, phone: str = ""
) -> Contact:
    """A person at the merchant. Raises Rejected, and Conflict ``too_many_contacts``."""
    contact = Contact(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        role=role,
        contact_name=contact_name,
        email=email,
        phone=phone,
    )
    with transaction.atomic():
        Merchant.objects.select_for_update(of=("self",), no_key=True).get(
            id=merchant.id
        )  # two at once
        if merchant.contacts.count() >= CONTACTS_LIMIT:
            raise Conflict(
                "too_many_contacts", f"A merchant has {CONTACTS_LIMIT} contacts at most."
            )
        save_checked(contact)
    return contact


def change_contact(contact: Contact, changes: dict[str, Any]) -> Contact:
    """Correct these fields. Raises Rejected."""
    for name, value in changes.items():
        setattr(contact, name, value)
    save_checked(contact)
    return contact


def remove_contact(contact: Contact) -> None:
    """Take away who has left; the audit trail keeps who it was."""
    contact.delete()
