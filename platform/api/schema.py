"""Pieces of the OpenAPI document that every app's views name."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from pydantic import BaseModel


class FieldErrorObject(BaseModel):
    """One faulty field."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457; ``code`` is stable, ``detail`` says what to change. ``cashier_message``, where a
    coupon, points or a card is refused: a sentence for the till, in the language of
    ``Accept-Language``."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldErrorObject] = []
    cashier_message: str | None = None


def _problem(description: str) -> OpenApiResponse:
    return OpenApiResponse(response=Problem, description=description)


PROBLEMS: dict[Any, OpenApiResponse] = {
    (400, "application/problem+json"): _problem("Something in the request must be changed."),
    (401, "application/problem+json"): _problem("No usable API key."),
    (403, "application/problem+json"): _problem("The key may not do this."),
    (404, "application/problem+json"): _problem("Not there, or not yours."),
    (409, "application/problem+json"): _problem("It contradicts what already is."),
    (503, "application/problem+json"): _problem("Nothing happened; see Retry-After."),
}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "header",
    description=(
        "Names this request for 7 days: the same key with the same content answers with the same "
        "object and does nothing again; with other content it is `409 idempotency_key_reused`."
    ),
)


def query_parameters(shape: type[BaseModel]) -> list[OpenApiParameter]:
    """The query parameters that ``shape`` reads, as the document shows them."""
    properties = shape.model_json_schema(mode="validation").get("properties", {})
    return [
        OpenApiParameter(
            name, _schema(described), "query", description=described.get("description", "")
        )
        for name, described in properties.items()
    ]


def _schema(described: dict[str, Any]) -> dict[str, Any]:
    options = [
        option for option in described.get("anyOf", [described]) if option.get("type") != "null"
    ]
    return {key: value for key, value in options[0].items() if key not in {"title", "default"}}


class Operations(AutoSchema):
    """An operation says what its view's ``extend_schema`` says; docstrings are for our readers."""

    def get_description(self) -> str:  # type: ignore[override]
        return ""


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """``Authorization: Bearer tg_test_…``."""

    target_class = "merchants.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tg_test_… or tg_live_…"}


class AcquirerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """``Authorization: Bearer tg_acquirer_…``."""

    target_class = "merchants.acquirer_authentication.AcquirerKeyAuthentication"
    name = "AcquirerKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tg_acquirer_…"}
