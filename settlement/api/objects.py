"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel

from settlement.fees.words import Returning, Rounding, Tiers
from settlement.models import FileKind
from settlement.state import LineKind, Outcome, PayoutStatus


class PayoutObject(BaseModel):
    """Money on its way to the merchant's bank account.

    ``reason`` is the bank's, of a payout that was rejected or returned.
    """

    object: Literal["payout"]
    id: str
    livemode: bool
    settlement: str
    amount: int
    currency: str
    status: PayoutStatus
    pays_on: str
    account_holder: str
    account_number: str
    reason: str | None
    ended_at: str | None


class PayoutPage(BaseModel):
    """A page of payouts, newest first."""

    data: list[PayoutObject]
    has_more: bool
    next_cursor: str | None


class StepObject(BaseModel):
    """What a payout became, and when; ``reason`` is the bank's."""

    status: PayoutStatus
    at: str
    reason: str | None


class PayoutWithSteps(PayoutObject):
    """A payout with each step that it has gone, oldest first."""

    steps: list[StepObject]


class PriceObject(BaseModel):
    """What one sale costs: ``basis_points`` of it, as text, plus ``fixed``, within the bounds.

    Amounts are minor units. ``above`` is the volume of the month from which on a tier counts;
    days bound a promotion, ``first_days`` one for newcomers. ``text`` says it all in one line.
    """

    text: str
    scheme: str | None
    currency: str
    basis_points: str
    fixed: int
    minimum: int | None
    maximum: int | None
    above: int
    first_day: str | None
    last_day: str | None
    first_days: int | None


class FeeVersionObject(BaseModel):
    """One version of a plan, from ``starts_on`` in ``time_zone``; lines name it as
    ``fee_version``."""

    fee_version: str
    plan: str
    number: int
    starts_on: str
    time_zone: str
    tiers: Tiers
    rounding: Rounding
    on_refund: Returning
    on_cancel: Returning
    prices: list[PriceObject]


class NextPlanObject(BaseModel):
    """From which day on another plan charges; null is none."""

    starts_on: str
    plan: str | None


class FeePlanObject(BaseModel):
    """What a merchant is charged: ``current`` is null where nothing is, ``coming`` are later
    versions of the same plan."""

    object: Literal["fee_plan"]
    merchant: str
    current: FeeVersionObject | None
    coming: list[FeeVersionObject]
    next_plans: list[NextPlanObject]


class JournalObject(BaseModel):
    """The acquirer's books of some days as a file; ``totals`` are debits in minor units by
    currency, which are the credits."""

    object: Literal["journal"]
    id: str
    livemode: bool
    form: Literal["entries", "daily"]
    first_day: str
    last_day: str
    time_zone: str
    rows: int
    totals: dict[str, int]
    name: str
    size: int
    sha256: str
    created_at: str


class JournalPage(BaseModel):
    """A page of journals, newest first."""

    data: list[JournalObject]
    has_more: bool
    next_cursor: str | None


class SettlementObject(BaseModel):
    """One period in one currency. Amounts are minor units, signed from the merchant's view."""

    object: Literal["settlement"]
    id: str
    livemode: bool
    number: int
    currency: str
    first_day: str
    business_date: str
    ends_at: str
    time_zone: str
    outcome: Outcome
    opening: int
    sales: int
    cancels: int
    refunds: int
    adjustments: int
    promotions: int
    fees: int
    vat: int
    reserved: int
    released: int
    paid_out: int
    closing: int
    lines: int
    payout: PayoutObject | None
    created_at: str


class SettlementPage(BaseModel):
    """A page of settlements, newest first."""

    data: list[SettlementObject]
    has_more: bool
    next_cursor: str | None


class LineObject(BaseModel):
    """One entry, settled. Amounts are minor units: a sale is above zero, its fee below.

    ``fee_version`` and ``vat_rate`` name what made fee and VAT; the statement says them in words.
    """

    object: Literal["settlement_line"]
    id: str
    kind: LineKind
    booked_at: str
    business_date: str
    currency: str
    gross: int
    fee: int
    vat: int
    net: int
    payment: str | None
    refund: str | None
    fee_version: str | None
    vat_rate: str | None


class LinePage(BaseModel):
    """A page of lines, newest first."""

    data: list[LineObject]
    has_more: bool
    next_cursor: str | None


class FileObject(BaseModel):
    """A file of a settlement; ``size`` is bytes, ``sha256`` its digest and its ETag."""

    object: Literal["settlement_file"]
    name: str
    kind: FileKind
    content_type: str
    size: int
    sha256: str


class FileList(BaseModel):
    """Every file of a settlement; none until they are made, moments after the settlement."""

    data: list[FileObject]


class AdjustmentObject(BaseModel):
    """Money given to the merchant by hand, above zero, or taken back; minor units.

    ``business_date`` is the day that it mends, where one was said.
    """

    object: Literal["adjustment"]
    id: str
    livemode: bool
    amount: int
    currency: str
    reason: str
    payment: str | None
    business_date: str | None
    created_at: str


class AdjustmentPage(BaseModel):
    """A page of adjustments, newest first."""

    data: list[AdjustmentObject]
    has_more: bool
    next_cursor: str | None
