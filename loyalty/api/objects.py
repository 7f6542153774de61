"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel

from loyalty.member_state import EntryKind, MemberStatus, Purpose


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
