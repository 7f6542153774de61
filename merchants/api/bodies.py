"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel

from kernel import ids
from merchants.models import Store, Terminal
from merchants.state import Status


class StoreObject(BaseModel):
    """A place of business; ``scheme_store_id`` is its id at Alipay. Only ``active`` sells."""

    object: Literal["store"] = "store"
    id: str
    name: str
    scheme_store_id: str
    status: Status
    address: str


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
        address=store.address,
    ).model_dump(mode="json")


def show_terminal(terminal: Terminal) -> dict[str, Any]:
    """The terminal as the API shows it."""
    return TerminalObject(
        id=terminal.public_id,
        store=ids.encode(Store.PREFIX, terminal.store_id),
        name=terminal.name,
        scheme_terminal_id=terminal.scheme_terminal_id,
        status=Status(terminal.status),
    ).model_dump(mode="json")
