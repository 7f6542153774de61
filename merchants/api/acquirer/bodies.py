"""What an acquirer's calls read and answer: the contract, also for the OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.bodies import Body, Text
from kernel import ids
from kernel.clock import show_time
from merchants.models import ApiKey, Merchant, Store, Terminal
from merchants.networks import NETWORK_LIMIT
from merchants.state import ALL_SCOPES, Status

Name = Annotated[Text, StringConstraints(min_length=1, max_length=128)]
Label = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
Address = Annotated[Text, StringConstraints(max_length=256)]
SchemeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
PublicId = Annotated[Text, StringConstraints(max_length=64)]
Network = Annotated[Text, StringConstraints(max_length=43)]
Seconds = Annotated[int, Field(ge=10, le=180)]


class Nothing(Body):
    """A call without content."""


class CreateMerchant(Body):
    """A seller; ``scheme_merchant_id`` is its id as Alipay knows it."""

    legal_name: Name
    display_name: Name
    mcc: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    scheme_merchant_id: SchemeId
    payment_timeout_seconds: Seconds = 30


class CreateStore(Body):
    """A place of business; ``scheme_store_id`` is its id at Alipay."""

    name: Name
    scheme_store_id: SchemeId
    address: Address = ""


class CreateTerminal(Body):
    """A till or POS device; ``scheme_terminal_id`` is its id at Alipay."""

    name: Label
    scheme_terminal_id: SchemeId


class CreateApiKey(Body):
    """A key of the merchant; with ``store`` or ``terminal`` it is bound to that one.

    Without ``scopes`` it may do everything that a merchant's key may; without ``allowed_networks``
    (``203.0.113.0/24``) it may be used from anywhere.
    """

    label: Label
    livemode: bool = False
    scopes: Annotated[list[str], Field(max_length=len(ALL_SCOPES))] = list(ALL_SCOPES)
    store: PublicId | None = None
    terminal: PublicId | None = None
    allowed_networks: Annotated[list[Network], Field(max_length=NETWORK_LIMIT)] = []
    expires_at: Annotated[AwareDatetime, Field(strict=False)] | None = None


class RollKey(Body):
    """The old key goes on for so many hours."""

    overlap_hours: Annotated[int, Field(ge=0, le=24 * 90)] = 24


class MerchantObject(BaseModel):
    """A merchant of the acquirer. Only ``active`` ones are paid."""

    object: Literal["merchant"] = "merchant"
    id: str
    legal_name: str
    display_name: str
    mcc: str
    country: str
    scheme_merchant_id: str
    payment_timeout_seconds: int
    status: Status
    created_at: str | None


class MerchantPage(BaseModel):
    """One page, newest first."""

    data: list[MerchantObject]
    has_more: bool
    next_cursor: str | None


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


class ApiKeyWithText(ApiKeyObject):
    """``key`` is the text to sign in with, answered this once; ``null`` in a repeat."""

    key: str | None


class ApiKeyPage(BaseModel):
    """One page, newest first."""

    data: list[ApiKeyObject]
    has_more: bool
    next_cursor: str | None


def show_merchant(merchant: Merchant) -> dict[str, Any]:
    """The merchant as the API shows it."""
    return MerchantObject(
        id=merchant.public_id,
        legal_name=merchant.legal_name,
        display_name=merchant.display_name,
        mcc=merchant.mcc,
        country=merchant.country,
        scheme_merchant_id=merchant.scheme_merchant_id,
        payment_timeout_seconds=merchant.payment_timeout_seconds,
        status=Status(merchant.status),
        created_at=show_time(merchant.created_at),
    ).model_dump(mode="json")


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


def show_api_key_once(key: ApiKey) -> dict[str, Any]:
    """Likewise with its text, if it was issued just now."""
    return show_api_key(key) | {"key": key.text}
