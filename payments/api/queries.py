"""What the lists can be asked for; also for the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from api.bodies import Moment, Text
from api.pages import PageQuery
from payments.api.fields import PaymentId, StoreId, TerminalId


class PaymentQuery(PageQuery):
    """Filters of the list; times are RFC 3339 with a zone."""

    merchant_reference: Annotated[Text, StringConstraints(max_length=64)] | None = None
    status: Literal["processing", "succeeded", "failed", "canceled"] | None = None
    store: StoreId | None = None
    terminal: TerminalId | None = None
    created_gte: Moment | None = None
    created_lt: Moment | None = None


class RefundQuery(PageQuery):
    """Filters of the list of refunds."""

    payment: PaymentId | None = None
    merchant_refund_reference: Annotated[Text, StringConstraints(max_length=64)] | None = None
    status: Literal["processing", "succeeded", "failed"] | None = None
