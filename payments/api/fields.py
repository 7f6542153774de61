"""Types of single fields: what a request may say, with the reason when it may not."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.bodies import Text
from connectors.alipay import rules
from kernel import ids
from kernel.currencies import MINOR_DIGITS


def _currency(text: str) -> str:
    if text not in MINOR_DIGITS:
        raise PydanticCustomError(
            "unknown_currency", "Must be an ISO 4217 code in capitals, such as HKD."
        )
    if not rules.is_currency_supported(text):
        raise PydanticCustomError("unknown_currency", "Alipay does not settle this currency.")
    return text


def _payment_code(text: str) -> str:
    if not rules.is_payment_code(text):
        raise PydanticCustomError(
            "not_a_payment_code", "Must be the 16 to 24 digits of a wallet, beginning 25 to 30."
        )
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Must not be blank: it names this one request.")
    return text


def id_of(prefix: str) -> Callable[[Any], UUID]:
    """A reader of public ids of one kind, for a field."""

    def read(text: Any) -> UUID:
        try:
            return ids.decode(prefix, text)
        except ids.InvalidId:
            raise PydanticCustomError(
                "not_an_id", "Must be an id such as {example}.", {"example": f"{prefix}_01j…"}
            ) from None

    return read


Currency = Annotated[str, AfterValidator(_currency), Field(examples=["HKD"])]
PaymentCode = Annotated[str, AfterValidator(_payment_code), Field(examples=["281234567890123456"])]
# 100,000,000.00 is Alipay's largest amount; the smallest is one minor unit (reference §2.1).
AmountMinor = Annotated[int, Field(ge=1, le=10_000_000_000, examples=[12050])]
Reference = Annotated[
    Text, StringConstraints(min_length=1, max_length=64), AfterValidator(_not_blank)
]
StoreId = Annotated[UUID, BeforeValidator(id_of("str"), json_schema_input_type=str)]
TerminalId = Annotated[UUID, BeforeValidator(id_of("trm"), json_schema_input_type=str)]
PaymentId = Annotated[UUID, BeforeValidator(id_of("pay"), json_schema_input_type=str)]
