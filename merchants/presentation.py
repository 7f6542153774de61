"""An API key as the API and the events show it."""

from typing import Any, Literal

from pydantic import BaseModel

from kernel import ids
from kernel.clock import show_time
from merchants.models import ApiKey, Merchant, Store, Terminal


class ApiKeyObject(BaseModel):
    """A key of the merchant; ``key`` is never told again."""

    object: Literal["api_key"] = "api_key"
    id: str
    merchant: str
    label: str
    livemode: bool
    lookup: str
    scopes: list[str]
    store: str | None
    terminal: str | None
    allowed_networks: list[str]
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    replaces: str | None
    created_at: str | None


def show_api_key(key: ApiKey) -> dict[str, Any]:
    """The key as the API shows it, without its text."""
    return ApiKeyObject(
        id=key.public_id,
        merchant=ids.encode(Merchant.PREFIX, key.merchant_id),
        label=key.label,
        livemode=key.livemode,
        lookup=key.lookup,
        scopes=key.scopes,
        store=None if key.store_id is None else ids.encode(Store.PREFIX, key.store_id),
        terminal=None if key.terminal_id is None else ids.encode(Terminal.PREFIX, key.terminal_id),
        allowed_networks=key.allowed_networks,
        expires_at=show_time(key.expires_at),
        revoked_at=show_time(key.revoked_at),
        last_used_at=show_time(key.last_used_at),
        replaces=None if key.replaces_id is None else ids.encode(ApiKey.PREFIX, key.replaces_id),
        created_at=show_time(key.created_at),
    ).model_dump(mode="json")
