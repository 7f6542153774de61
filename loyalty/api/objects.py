"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel

from loyalty.member_state import EntryKind, MemberStatus, Purpose, Rounding


class TierObject(BaseModel):
    """What the member has reached."""

    name: str
    benefits: str


class ConsentObject(BaseModel):
    """What was agreed to, or taken back, last."""

    purpose: Purpose
    given: bool
    wording_version: str
    recorded_at: str


class MemberObject(BaseModel):
    """A member of the merchant's programme; `points` is the balance."""

    object: Literal["member"]
    id: str
    livemode: bool
    status: MemberStatus
    programme: str
    card_number: str | None
    name: str | None
    phone: str | None
    email: str | None
    points: int
    points_last_12_months: int
    tier: TierObject | None
    wallet_is_known: bool
    consents: list[ConsentObject]
    joined_at: str
    forgotten_at: str | None


class MemberPage(BaseModel):
    """A page of members, newest first."""

    data: list[MemberObject]
    has_more: bool
    next_cursor: str | None


class CauseObject(BaseModel):
    """What points came or went for; `id` is null where that has none."""

    type: str
    id: str | None


class PointsEntryObject(BaseModel):
    """Points that came (above zero) or went. `lot` is the entry that they were taken from."""

    object: Literal["points_entry"]
    id: str
    kind: EntryKind
    points: int
    lot: str | None
    expires_at: str | None
    cause: CauseObject
    reason: str | None
    created_at: str


class PointsPage(BaseModel):
    """A page of entries, newest first."""

    data: list[PointsEntryObject]
    has_more: bool
    next_cursor: str | None


class EarnObject(BaseModel):
    """`points` for every `per_minor` minor units that are charged."""

    currency: str
    points: int
    per_minor: int


class BurnObject(BaseModel):
    """`points` at a time are worth `minor` minor units as part payment."""

    currency: str
    points: int
    minor: int
    minimum_points: int


class TierRuleObject(BaseModel):
    """What a member is who earned `threshold_points` in twelve months; 10000 is once."""

    name: str
    threshold_points: int
    multiplier_basis_points: int
    benefits: str


class CategoryObject(BaseModel):
    """How often goods of the category count; 10000 is once."""

    category: str
    multiplier_basis_points: int


class ProgrammeObject(BaseModel):
    """The programme that the merchant takes part in."""

    object: Literal["programme"]
    id: str
    name: str
    rounding: Rounding
    points_live_days: int
    earn: list[EarnObject]
    burn: list[BurnObject]
    tiers: list[TierRuleObject]
    categories: list[CategoryObject]


class JoinLinkObject(BaseModel):
    """Where customers join by themselves, until `ends_at`; `qr_svg` is the address as a QR code."""

    object: Literal["join_link"]
    url: str
    livemode: bool
    ends_at: str
    qr_svg: str
