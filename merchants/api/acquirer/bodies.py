"""What an acquirer's calls read and answer: the contract, also for the OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.bodies import Body, Text
from kernel import ids
from kernel.clock import show_time
from merchants.addresses import address_of
from merchants.api.acquirer.places import Address, Country, Location, RegisteredAddress
from merchants.api.bodies import AddressObject, show_address
from merchants.models import ApiKey, Merchant, MerchantStep, Registration, Store
from merchants.networks import NETWORK_LIMIT
from merchants.onboarding import Standing
from merchants.presentation import ApiKeyObject, show_api_key
from merchants.state import ALL_SCOPES

Name = Annotated[Text, StringConstraints(min_length=1, max_length=128)]
Label = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
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
    country: Country
    scheme_merchant_id: SchemeId
    payment_timeout_seconds: Seconds = 30
    organisation: Literal["enterprise", "individual"] = "enterprise"
    registration_number: Annotated[Text, StringConstraints(max_length=128)] = ""
    responsible_name: Annotated[Text, StringConstraints(max_length=64)] = ""
    responsible_id: Annotated[Text, StringConstraints(max_length=128)] = ""
    registered_address: RegisteredAddress | None = None
    trading_address: Address | None = None


class ChangeMerchant(Body):
    """What is given is changed; the rest stays."""

    legal_name: Name | None = None
    display_name: Name | None = None
    mcc: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    payment_timeout_seconds: Seconds | None = None
    organisation: Literal["enterprise", "individual"] | None = None
    registration_number: Annotated[Text, StringConstraints(max_length=128)] | None = None
    responsible_name: Annotated[Text, StringConstraints(max_length=64)] | None = None
    responsible_id: Annotated[Text, StringConstraints(max_length=128)] | None = None
    registered_address: RegisteredAddress | None = None
    trading_address: Address | None = None


class ChangeStore(Body):
    """What is given is changed; the rest stays. A ``location`` of null is taken away."""

    name: Name | None = None
    address: Address | None = None
    location: Location | None = None
    status: Literal["active", "suspended", "closed"] | None = None


class MakeStep(Body):
    """A step on the merchant's way; some ask for a reason."""

    step: Literal["submit", "review", "return", "approve", "suspend", "resume", "close"]
    reason: Annotated[Text, StringConstraints(max_length=256)] = ""


class CreateStore(Body):
    """A place of business; ``scheme_store_id`` is its id at Alipay."""

    name: Name
    scheme_store_id: SchemeId
    address: Address | None = None
    location: Location | None = None


class CreateTerminal(Body):
    """A till or POS device; ``scheme_terminal_id`` is its id at Alipay."""

    name: Label
    scheme_terminal_id: SchemeId


class ChangeTerminal(Body):
    """What is given is changed; the rest stays."""

    name: Label | None = None
    status: Literal["active", "suspended", "closed"] | None = None


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
    """A merchant of the acquirer. Only ``active`` ones are paid.

    ``responsible_id`` is never shown.
    """

    object: Literal["merchant"] = "merchant"
    id: str
    legal_name: str
    display_name: str
    mcc: str
    country: str
    scheme_merchant_id: str
    payment_timeout_seconds: int
    organisation: str
    registration_number: str
    responsible_name: str
    registered_address: AddressObject
    trading_address: AddressObject
    status: Standing
    created_at: str | None


class MerchantStepObject(BaseModel):
    """One step of a merchant: from where to where, by whom and why."""

    object: Literal["merchant_step"] = "merchant_step"
    id: str
    merchant: str
    step: str
    from_status: str
    to_status: str
    actor: str
    reason: str
    created_at: str | None


class MerchantStepPage(BaseModel):
    """One page, newest first."""

    data: list[MerchantStepObject]
    has_more: bool
    next_cursor: str | None


class RegistrationObject(BaseModel):
    """Where a store stands at Alipay; ``reason`` are Alipay's words.

    ``registered_at`` stays while a change is looked at: such a store is still paid.
    """

    object: Literal["registration"] = "registration"
    id: str
    merchant: str
    store: str
    livemode: bool
    status: str
    reason: str
    registered_at: str | None
    created_at: str | None


class RegistrationPage(BaseModel):
    """One page, newest first."""

    data: list[RegistrationObject]
    has_more: bool
    next_cursor: str | None


class MerchantPage(BaseModel):
    """One page, newest first."""

    data: list[MerchantObject]
    has_more: bool
    next_cursor: str | None


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
        organisation=merchant.organisation,
        registration_number=merchant.registration_number,
        responsible_name=merchant.responsible_name,
        registered_address=show_address(address_of(merchant, "registered_")),
        trading_address=show_address(address_of(merchant, "trading_")),
        status=Standing(merchant.status),
        created_at=show_time(merchant.created_at),
    ).model_dump(mode="json")


def show_step(step: MerchantStep) -> dict[str, Any]:
    """The step as the API shows it."""
    return MerchantStepObject(
        id=step.public_id,
        merchant=ids.encode(Merchant.PREFIX, step.merchant_id),
        step=step.step,
        from_status=step.from_status,
        to_status=step.to_status,
        actor=step.actor,
        reason=step.reason,
        created_at=show_time(step.created_at),
    ).model_dump(mode="json")


def show_registration(row: Registration) -> dict[str, Any]:
    """The registration as the API shows it; it comes with its partner account."""
    return RegistrationObject(
        id=row.public_id,
        merchant=ids.encode(Merchant.PREFIX, row.merchant_id),
        store=ids.encode(Store.PREFIX, row.store_id),
        livemode=row.partner_account.livemode,
        status=row.status,
        reason=row.reason,
        registered_at=show_time(row.registered_at),
        created_at=show_time(row.created_at),
    ).model_dump(mode="json")


def show_api_key_once(key: ApiKey) -> dict[str, Any]:
    """Likewise with its text, if it was issued just now."""
    return show_api_key(key) | {"key": key.text}
