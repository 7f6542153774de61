"""What may be said of launches and what is answered: the contract, also for OpenAPI."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from api.bodies import Body, Text
from api.pages import PageQuery
from kernel import ids
from kernel.clock import show_time
from kernel.errors import FieldError, Rejected
from loyalty.api.coupon_bodies import CampaignId
from loyalty.launch_state import LaunchStatus
from loyalty.models import Campaign, Launch, Programme, Tier
from loyalty.uplift import Difference
from merchants.models import Merchant
from payments.api.fields import id_of
from portal.marketing.preview import Preview
from portal.marketing.results import GroupResult, Result
from portal.marketing.segment import NO_TIER, Amount, PersonaName, RiskName, Score, Segment

ProgrammeId = Annotated[UUID, BeforeValidator(id_of("prg"), json_schema_input_type=str)]
MerchantId = Annotated[UUID, BeforeValidator(id_of("mer"), json_schema_input_type=str)]
_Some = Field(max_length=20)


class SegmentBody(Body):
    """Who is meant: what is left out leaves everybody in, what is said must hold, all of it.

    Scores are 1 to 5; `spend_…` (minor units of the campaign's currency) and `visits_…` are of the
    last 365 days; `tiers` are `tie_…` ids, or `none`.
    """

    personas: Annotated[list[PersonaName], _Some] = []
    risks: Annotated[list[RiskName], _Some] = []
    recency: Annotated[list[Score], _Some] = []
    frequency: Annotated[list[Score], _Some] = []
    monetary: Annotated[list[Score], _Some] = []
    spend_from: Amount | None = None
    spend_until: Amount | None = None
    visits_from: Amount | None = None
    visits_until: Amount | None = None
    tiers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] = []

    def as_segment(self, programme: Programme) -> Segment:
        """As a launch keeps it; raises Rejected for a tier that is not the programme's."""
        said = self.model_dump()
        said["spend_from_minor"] = said.pop("spend_from")
        said["spend_until_minor"] = said.pop("spend_until")
        known = {
            tier.public_id: str(tier.id) for tier in Tier.objects.filter(programme=programme)
        } | {NO_TIER: NO_TIER}
        if strange := [tier for tier in self.tiers if tier not in known]:
            fault = FieldError(
                "segment.tiers", "unknown", f"The programme has no tier {strange[0]!a}."
            )
            raise Rejected("invalid_request", "Please correct: segment.tiers.", errors=(fault,))
        said["tiers"] = [known[tier] for tier in self.tiers]
        return Segment.model_validate(said)


class DraftLaunch(Body):
    """A launch to be looked at before it is launched. Without `merchant` every member of the
    programme is meant, chosen by tier alone. Parts are basis points (10000 is all)."""

    name: Annotated[Text, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
    campaign: CampaignId
    programme: ProgrammeId
    merchant: MerchantId | None = None
    segment: SegmentBody = SegmentBody()
    control_basis_points: Annotated[int, Field(ge=0, le=5000)] = 1000
    measured_days: Annotated[int, Field(ge=1, le=180)] = 28
    expected_basis_points: Annotated[int, Field(ge=0, le=10_000)] | None = None
    first_come: bool = False


class LaunchQuery(PageQuery):
    """Filters of the list."""

    status: LaunchStatus | None = None
    campaign: CampaignId | None = None


class SegmentObject(BaseModel):
    """The tests of a segment; null and empty where it does not test."""

    personas: list[str]
    risks: list[str]
    recency: list[int]
    frequency: list[int]
    monetary: list[int]
    spend_from: int | None
    spend_until: int | None
    visits_from: int | None
    visits_until: int | None
    tiers: list[str]


class LaunchObject(BaseModel):
    """A launch; the counts are of members, and 0 of a draft."""

    object: Literal["launch"]
    id: str
    livemode: bool
    name: str
    campaign: str
    programme: str
    merchant: str | None
    segment: SegmentObject
    control_basis_points: int
    measured_days: int
    expected_basis_points: int | None
    first_come: bool
    status: LaunchStatus
    targets: int
    held_out: int
    issued: int
    withheld: int
    failure: str | None
    launched_at: str | None
    finished_at: str | None
    created_at: str


class LaunchPage(BaseModel):
    """A page of launches, newest first."""

    data: list[LaunchObject]
    has_more: bool
    next_cursor: str | None


class LaunchPreviewObject(BaseModel):
    """What a draft would do now. Numbers of people are rounded up to the next multiple of
    `smallest_group`, and 0 where the group is smaller. Amounts are minor units of `currency`, null
    where nobody can say. `fault` is why it cannot be launched."""

    object: Literal["launch_preview"]
    id: str
    currency: str
    reached: int
    held_out: int
    targets: int
    smallest_group: int
    most_per_coupon: int | None
    worst_cost: int | None
    expected_basis_points: int
    expected_is_assumed: bool
    expected_cost: int | None
    budget_left: int | None
    fault: str | None


class LaunchGroupObject(BaseModel):
    """Members of one group; who came, visits and money spent (minor units), in all."""

    members: int
    came: int
    visits: int
    spent: int


class LaunchDifferenceObject(BaseModel):
    """Targets less held out, a member; it lies between `low` and `high` in 95 of 100 cases."""

    value: str
    low: str
    high: str


class LaunchResultObject(BaseModel):
    """What both groups bought from `since` until before `until`, in the acquirer's days. Groups
    are null where one is too small to be told, differences where nothing can be said yet."""

    object: Literal["launch_result"]
    id: str
    currency: str
    since: date
    until: date
    over: bool
    issued: int
    redeemed: int
    taken_off: int
    targets: LaunchGroupObject | None
    control: LaunchGroupObject | None
    came_uplift: LaunchDifferenceObject | None
    visits_uplift: LaunchDifferenceObject | None
    spent_uplift: LaunchDifferenceObject | None


def show_launch(launch: Launch) -> dict[str, Any]:
    """The launch object."""
    return {
        "object": "launch",
        "id": launch.public_id,
        "livemode": launch.livemode,
        "name": launch.name,
        "campaign": ids.encode(Campaign.PREFIX, launch.campaign_id),
        "programme": ids.encode(Programme.PREFIX, launch.programme_id),
        "merchant": launch.merchant_id and ids.encode(Merchant.PREFIX, launch.merchant_id),
        "segment": _show_segment(Segment.model_validate(launch.segment)),
        "control_basis_points": launch.control_basis_points,
        "measured_days": launch.measured_days,
        "expected_basis_points": launch.expected_basis_points,
        "first_come": launch.is_first_come,
        "status": launch.status,
        "targets": launch.target_count,
        "held_out": launch.control_count,
        "issued": launch.issued_count,
        "withheld": launch.withheld_count,
        "failure": launch.failure or None,
        "launched_at": show_time(launch.launched_at),
        "finished_at": show_time(launch.finished_at),
        "created_at": show_time(launch.created_at),
    }


def _show_segment(segment: Segment) -> dict[str, Any]:
    shown = segment.model_dump()
    shown["spend_from"] = shown.pop("spend_from_minor")
    shown["spend_until"] = shown.pop("spend_until_minor")
    shown["tiers"] = [
        each if each == NO_TIER else ids.encode(Tier.PREFIX, UUID(each)) for each in segment.tiers
    ]
    return shown


def show_launch_preview(launch: Launch, found: Preview) -> dict[str, Any]:
    """The preview object."""
    return {
        "object": "launch_preview",
        "id": launch.public_id,
        "currency": launch.campaign.currency,
        "reached": found.reached,
        "held_out": found.control,
        "targets": found.targets,
        "smallest_group": found.smallest_group,
        "most_per_coupon": found.most_minor,
        "worst_cost": found.worst_minor,
        "expected_basis_points": found.expected_basis_points,
        "expected_is_assumed": found.is_assumed,
        "expected_cost": found.expected_minor,
        "budget_left": found.budget_left_minor,
        "fault": found.fault or None,
    }


def show_launch_result(launch: Launch, found: Result) -> dict[str, Any]:
    """The result object."""
    return {
        "object": "launch_result",
        "id": launch.public_id,
        "currency": launch.campaign.currency,
        "since": str(found.since),
        "until": str(found.until),
        "over": found.is_over,
        "issued": found.issued,
        "redeemed": found.redeemed,
        "taken_off": found.discount_minor,
        "targets": _show_group(found.targets),
        "control": _show_group(found.control),
        "came_uplift": _show_difference(found.came, 4),
        "visits_uplift": _show_difference(found.visits, 4),
        "spent_uplift": _show_difference(found.spend, 2),
    }


def _show_group(group: GroupResult | None) -> dict[str, int] | None:
    if group is None:
        return None
    return {
        "members": group.members,
        "came": group.came,
        "visits": group.visits.total,
        "spent": group.spend.total,
    }


def _show_difference(found: Difference | None, digits: int) -> dict[str, str] | None:
    if found is None:
        return None
    return {name: f"{getattr(found, name):.{digits}f}" for name in ("value", "low", "high")}
