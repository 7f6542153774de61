"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel

from kernel import ids
from merchants.addresses import Address, address_of
from merchants.models import Store, Terminal
from merchants.state import Status


class AddressObject(BaseModel):
    """Where something is; ``country`` is ISO 3166, any other part may be empty."""

    line1: str
    line2: str
    town: str
    region: str
    postal_code: str
    country: str


class LocationObject(BaseModel):
    """Degrees, north and east positive."""

    latitude: float
    longitude: float


class StoreObject(BaseModel):
    """A place of business; ``scheme_store_id`` is its id at Alipay. Only ``active`` sells."""

    object: Literal["store"] = "store"
    id: str
    name: str
    scheme_store_id: str
    status: Status
    address: AddressObject
    location: LocationObject | None


class TerminalObject(BaseModel):
    """A till or POS device in a store; ``scheme_terminal_id`` is its id at Alipay."""

    object: Literal["terminal"] = "terminal"
    id: str
    store: str
    name: str
    scheme_terminal_id: str
    status: Status


class StorePage(BaseModel):
    """One page, newest first."""

    data: list[StoreObject]
    has_more: bool
    next_cursor: str | None


class TerminalPage(BaseModel):
    """One page, newest first."""

    data: list[TerminalObject]
    has_more: bool
    next_cursor: str | None


def show_store(store: Store) -> dict[str, Any]:
    """The store as the API shows it."""
    return StoreObject(
        id=store.public_id,
        name=store.name,
        scheme_store_id=store.scheme_store_id,
        status=Status(store.status),
        address=show_address(address_of(store, "")),
        location=_show_location(store),
    ).model_dump(mode="json")


def show_address(address: Address) -> AddressObject:
    """The address as the API shows it."""
    return AddressObject(**asdict(address))


def _show_location(store: Store) -> LocationObject | None:
    if store.latitude is None or store.longitude is None:
        return None
    return LocationObject(latitude=float(store.latitude), longitude=float(store.longitude))


def show_terminal(terminal: Terminal) -> dict[str, Any]:
    """The terminal as the API shows it."""
    return TerminalObject(
        id=terminal.public_id,
        store=ids.encode(Store.PREFIX, terminal.store_id),
        name=terminal.name,
        scheme_terminal_id=terminal.scheme_terminal_id,
        status=Status(terminal.status),
    ).model_dump(mode="json")
