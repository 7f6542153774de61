"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel

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
