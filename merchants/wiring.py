"""Whoever saves a merchant or a store, what Alipay knows of it follows."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from merchants.models import Contact, Merchant, Registration, Store
from merchants.services.register import announce_changes


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(_on_merchant, sender=Merchant, dispatch_uid="announce_merchant")
    post_save.connect(_on_store, sender=Store, dispatch_uid="announce_store")
    post_save.connect(_on_contact, sender=Contact, dispatch_uid="announce_contact")
    post_delete.connect(_on_contact, sender=Contact, dispatch_uid="announce_contact_gone")


def _on_merchant(instance: Merchant, created: bool, **_: Any) -> None:
    if not created:
        announce_changes(Registration.objects.filter(merchant=instance))


def _on_store(instance: Store, created: bool, **_: Any) -> None:
    if not created:
        announce_changes(Registration.objects.filter(store=instance))


def _on_contact(instance: Contact, **_: Any) -> None:
    announce_changes(Registration.objects.filter(merchant=instance.merchant_id))
