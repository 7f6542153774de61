"""What a till may send: a payment, a refund, a cancel; also for the OpenAPI document."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from api.bodies import Body, Text
from api.idempotency import RequestKey
from connectors.alipay import rules
from kernel.errors import FieldError, Rejected
from kernel.money import Money
from payments.api.fields import (
    AmountMinor,
    Currency,
    PaymentCode,
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


Word = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
LINES_LIMIT_MINOR = 10_000_000_000  # of a basket's lines together: Alipay's largest amount
CouponCode = Annotated[Text, StringConstraints(min_length=1, max_length=48)]


class Item(Body):
    """One line of the basket; amounts in minor units of the payment's currency.

    `sku` is the article's number in the catalogue, which fills in a `category` and a `unit_cost`
    that are left out (GET /v1/products).
    """

    name: Words
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    unit_amount: Annotated[int, Field(ge=0, le=LINES_LIMIT_MINOR)]
    sku: Word | None = None
    category: Word | None = None
    unit_cost: Annotated[int, Field(ge=0, le=LINES_LIMIT_MINOR)] | None = None


class CreatePayment(Body):
    """Charge the code that the customer's wallet shows, or have the till show one.

    `payment_code` belongs to the mode `payment_code`; with `merchant_qr` leave it out. `member` is
    a member's id or the number of their card: the payment earns points. `points` of theirs pay a
    part: `amount` is the whole price, and the customer is charged less. `items` is what was sold:
    its lines need not add up to `amount`, which discounts, tips and rounding may change.
    `coupon` is a code, or up to five that combine: `amount` is the whole price, and the customer
    is charged less.
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
    member: Annotated[Text, StringConstraints(min_length=1, max_length=64)] | None = None
    coupon: CouponCode | Annotated[list[CouponCode], Field(min_length=1, max_length=5)] | None = (
        None
    )
    points: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None

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

    @model_validator(mode="after")
    def _lines_are_bounded(self) -> "CreatePayment":
        if sum(item.quantity * item.unit_amount for item in self.items) > LINES_LIMIT_MINOR:
            fault = FieldError(
                "items",
                "amount_out_of_range",
                "The lines together may come to 10,000,000,000 minor units at most.",
            )
            raise Rejected("invalid_request", "Please correct: items.", errors=(fault,))
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
            member=self.member,
            reductions=self._reductions(),
            idempotency_key=idempotency_key,
        )

    def _reductions(self) -> dict[str, Any]:
        """What makes it cheaper, by the field that asks for it."""
        asked: dict[str, Any] = {}
        if self.coupon is not None:
            asked["coupon"] = [self.coupon] if isinstance(self.coupon, str) else self.coupon
        if self.points is not None:
            asked["points"] = self.points
        return asked


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
