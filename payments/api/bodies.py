"""What the calls of this app read and answer: the contract, also for the OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from api.bodies import Body, Text
from api.idempotency import RequestKey
from api.pages import PageQuery
from connectors.alipay import rules
from kernel.errors import FieldError, Rejected
from kernel.money import Money
from payments.api.fields import (
    AmountMinor,
    Currency,
    PaymentCode,
    PaymentId,
    Reference,
    StoreId,
    TerminalId,
)
from payments.services.order import PaymentOrder
from payments.services.refund import RefundOrder

Words = Annotated[Text, StringConstraints(min_length=1, max_length=128)]
Metadata = Annotated[
    dict[
        Annotated[Text, StringConstraints(min_length=1, max_length=40)],
        Annotated[Text, StringConstraints(max_length=500)],
    ],
    Field(max_length=20),
]


class Item(Body):
    """One line of the basket; amounts in minor units of the payment's currency."""

    name: Words
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    unit_amount: Annotated[int, Field(ge=0, le=10_000_000_000)]
    sku: Annotated[Text, StringConstraints(max_length=64)] | None = None
    category: Annotated[Text, StringConstraints(max_length=64)] | None = None
    unit_cost: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None


class CreatePayment(Body):
    """Charge the code that the customer's wallet shows, or have the till show one.

    `payment_code` belongs to the mode `payment_code`; with `merchant_qr` leave it out.
    """

    amount: AmountMinor
    currency: Currency
    mode: Literal["payment_code", "merchant_qr"] = "payment_code"
    payment_code: PaymentCode | None = None
    merchant_reference: Reference
    store: StoreId
    terminal: TerminalId | None = None
    description: Annotated[Text, StringConstraints(min_length=1, max_length=256)] | None = None
    items: Annotated[list[Item], Field(max_length=200)] = []
    timeout_seconds: Annotated[int, Field(ge=10, le=180)] | None = None
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _amount_is_the_schemes(self) -> "CreatePayment":
        if not rules.is_amount_allowed(Money(self.amount, self.currency)):
            fault = FieldError(
                "amount",
                "amount_out_of_range",
                "Alipay takes 0.01 to 100,000,000.00, in JPY and KRW 1 to 100,000,000.",
            )
            raise Rejected("invalid_request", "Please correct: amount.", errors=(fault,))
        return self

    @model_validator(mode="after")
    def _code_is_the_modes(self) -> "CreatePayment":
        fault = None
        if self.mode == "payment_code" and self.payment_code is None:
            fault = FieldError(
                "payment_code", "required", "Scan the code of the customer's wallet."
            )
        elif self.mode == "merchant_qr" and self.payment_code is not None:
            fault = FieldError(
                "payment_code", "not_allowed", "With merchant_qr the till shows a code."
            )
        if fault is not None:
            raise Rejected("invalid_request", "Please correct: payment_code.", errors=(fault,))
        return self

    def to_order(self, *, idempotency_key: RequestKey | None) -> PaymentOrder:
        """The order for the service."""
        return PaymentOrder(
            amount=Money(self.amount, self.currency),
            payment_code=self.payment_code,
            merchant_reference=self.merchant_reference,
            store_id=self.store,
            terminal_id=self.terminal,
            description=self.description,
            items=[item.model_dump(exclude_none=True) for item in self.items],
            timeout_seconds=self.timeout_seconds,
            metadata=self.metadata,
            idempotency_key=idempotency_key,
        )


class CreateRefund(Body):
    """Give back ``amount`` of the payment, or all that is left."""

    amount: AmountMinor | None = None
    merchant_refund_reference: Reference | None = None
    reason: Words | None = None

    def to_order(self, *, idempotency_key: RequestKey | None) -> RefundOrder:
        """The order for the service."""
        return RefundOrder(
            amount_minor=self.amount,
            merchant_refund_reference=self.merchant_refund_reference,
            reason=self.reason,
            idempotency_key=idempotency_key,
        )


class CancelPayment(Body):
    """An empty object, or no body at all."""


class PaymentQuery(PageQuery):
    """Filters of the list; times are RFC 3339 with a zone."""

    merchant_reference: Annotated[Text, StringConstraints(max_length=64)] | None = None
    status: Literal["processing", "succeeded", "failed", "canceled"] | None = None
    store: StoreId | None = None
    terminal: TerminalId | None = None
    created_gte: AwareDatetime | None = None
    created_lt: AwareDatetime | None = None


class RefundQuery(PageQuery):
    """Filters of the list of refunds."""

    payment: PaymentId | None = None
    merchant_refund_reference: Annotated[Text, StringConstraints(max_length=64)] | None = None
    status: Literal["processing", "succeeded", "failed"] | None = None


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


class PaymentObject(BaseModel):
    """A payment."""

    object: Literal["payment"]
    id: str
    livemode: bool
    status: Literal["processing", "succeeded", "failed", "canceled"]
    amount: int
    currency: str
    amount_refunded: int
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
    created_at: str
    expires_at: str
    completed_at: str | None


class RefundObject(BaseModel):
    """A refund."""

    object: Literal["refund"]
    id: str
    livemode: bool
    status: Literal["processing", "succeeded", "failed"]
    amount: int
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
