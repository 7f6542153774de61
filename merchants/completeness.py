"""What a merchant must have before it is submitted: one table, shown on its page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from merchants.addresses import address_of
from merchants.models import Merchant, Store
from merchants.state import Status


@dataclass(frozen=True, slots=True)
class Need:
    """Something a merchant must have before it is submitted; ``field`` is where to give it."""

    field: str
    label: str
    is_met: Callable[[Merchant], bool]


def _active(merchant: Merchant) -> QuerySet[Store, Store]:
    return merchant.stores.filter(status=Status.ACTIVE)


def _has_stores(merchant: Merchant) -> bool:
    return _active(merchant).exists()


def _stores_have_addresses(merchant: Merchant) -> bool:
    return not _active(merchant).filter(Q(line1="") | Q(town="")).exists()


def _is_registered_somewhere(merchant: Merchant) -> bool:
    return address_of(merchant, "registered_").is_whole


NEEDED: tuple[Need, ...] = (
    Need("registration_number", "Registration number", lambda it: bool(it.registration_number)),
    Need("registered_address", "Registered address", _is_registered_somewhere),
    Need("responsible_name", "Responsible person", lambda it: bool(it.responsible_name)),
    Need("stores", "At least one active store", _has_stores),
    Need("stores", "An address of every active store", _stores_have_addresses),
)


def missing_of(merchant: Merchant) -> list[Need]:
    """What the merchant lacks, in the order of NEEDED."""
    return [need for need in NEEDED if not need.is_met(merchant)]
