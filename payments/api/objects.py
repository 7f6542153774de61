"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from payments.api.bodies import Item


class FailureObject(BaseModel):
    """Why it did not work. ``cashier_message`` is in the language of ``Accept-Language``."""

    code: str
    message: str
    cashier_message: str
    scheme_code: str | None


class PayerObject(BaseModel):
    """Who paid, masked by the wallet; ``amount`` is what the wallet took, in its own currency."""

    wallet: str
    account: str | None
    amount: int | None
    currency: str | None


class SchemeObject(BaseModel):
    """The payment at Alipay."""

    name: str
    transaction_id: str | None


class ReductionObject(BaseModel):
    """What a coupon or points took off; `amount` in minor units of the payment's currency."""

    model_config = ConfigDict(extra="allow")

    kind: str
    amount: int


class PaymentObject(BaseModel):
    """A payment. `amount` is the whole price as ordered, `amount_charged` what Alipay is asked for
    and what can be refunded: the price less the `reductions`."""

    object: Literal["payment"]
    id: str
    livemode: bool
    status: Literal["processing", "succeeded", "failed", "canceled"]
    amount: int
    amount_charged: int
    currency: str
    amount_refunded: int
    reductions: list[ReductionObject]
    discount: int
    merchant_reference: str
    description: str | None
    items: list[Item]
    store: str
    terminal: str | None
    mode: Literal["payment_code", "merchant_qr"]
    payment_code: str | None
    qr_code: str | None
    payer: PayerObject | None
    exchange_rate: str | None
    failure: FailureObject | None
    scheme: SchemeObject
    metadata: dict[str, str]
    member: str | None
    created_at: str
    expires_at: str
    completed_at: str | None


class RefundObject(BaseModel):
    """A refund. `reduction` is its part of what coupons and points took off the payment: it is
    undone with it, not given to the customer."""

    object: Literal["refund"]
    id: str
    livemode: bool
    status: Literal["processing", "succeeded", "failed"]
    amount: int
    reduction: int
    currency: str
    payment: str
    merchant_refund_reference: str | None
    reason: str | None
    failure: FailureObject | None
    created_at: str
    completed_at: str | None


class PaymentPage(BaseModel):
    """A page of payments, newest first."""

    data: list[PaymentObject]
    has_more: bool
    next_cursor: str | None


class RefundPage(BaseModel):
    """A page of refunds, newest first."""

    data: list[RefundObject]
    has_more: bool
    next_cursor: str | None


class MomentObject(BaseModel):
    """One thing that happened to a payment; ``actor`` is who did it."""

    at: str
    kind: Literal[
        "created",
        "attempt",
        "answer",
        "transition",
        "notification",
        "refund",
        "break",
        "event",
        "delivery",
    ]
    actor: str
    text: str
    details: dict[str, Any]


class TimelineObject(BaseModel):
    """A payment's story, oldest first; at most 500 moments of each kind, the newest."""

    object: Literal["timeline"]
    payment: str
    data: list[MomentObject]
