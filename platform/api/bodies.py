"""Request bodies and queries: pydantic reads them, faults come back as our field errors."""

import re
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar

from django.http import QueryDict
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from kernel.errors import FieldError, Rejected

# pydantic's kinds of error that callers meet, in our stable codes; any other is "invalid".
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "int_type": "not_an_integer",
    "int_parsing": "not_an_integer",
    "string_type": "not_a_string",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "too_short": "too_short",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
}
_MESSAGES = {
    "required": "This field is required.",
    "unknown_field": "There is no such field; remove it or correct its name.",
    "not_an_integer": "Must be a whole number, not quoted and without a decimal point.",
    "not_a_string": "Must be a string.",
    "too_long": "At most {max_length} characters or entries.",
    "too_short": "At least {min_length} characters or entries.",
}


class Body(BaseModel):
    """Base of request bodies: strict types, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Query(BaseModel):
    """Base of query strings, where everything arrives as text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _printable(text: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise PydanticCustomError("control_character", "Must not contain control characters.")
    return text


def _read_moment(value: Any) -> datetime:
    """RFC 3339 with its zone. A bare number is refused: seconds, or milliseconds?"""
    text = value if isinstance(value, str) else ""
    try:
        return datetime.fromisoformat(text.upper()) if _RFC_3339.fullmatch(text) else _no_moment()
    except ValueError:  # the form is right, the day is not
        return _no_moment()


def _no_moment() -> NoReturn:
    raise PydanticCustomError(
        "not_a_time", "Must be RFC 3339 with a zone, such as 2026-11-22T14:30:05Z."
    )


_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
Text = Annotated[str, AfterValidator(_printable)]
Moment = Annotated[
    datetime,
    PlainValidator(_read_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Shape = TypeVar("Shape", bound=BaseModel)


def read(shape: type[Shape], content: Any) -> Shape:
    """``content`` as ``shape``; raises Rejected ``invalid_request`` naming every faulty field."""
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        faults = tuple(_fault(item) for item in error.errors(include_url=False)[:50])
        fields = ", ".join(dict.fromkeys(fault.field for fault in faults))
        raise Rejected("invalid_request", f"Please correct: {fields}.", errors=faults) from None


def read_query(shape: type[Shape], query: QueryDict) -> Shape:
    """The query string as ``shape``; raises Rejected as ``read`` does, and for a repeated name."""
    twice = [name for name, values in query.lists() if len(values) > 1]
    if twice:
        faults = tuple(
            FieldError(name[:64], "repeated", "Give this parameter once.") for name in twice[:50]
        )
        raise Rejected("invalid_request", "Give each parameter once.", errors=faults)
    return read(shape, query.dict())


def _fault(item: Any) -> FieldError:
    code = _CODES.get(item["type"])
    if code is None:
        known = item["type"] if item["type"] in CUSTOM_CODES else "invalid"
        return FieldError(_path(item), known, str(item["msg"]))
    message = _MESSAGES.get(code, item["msg"] + ".").format(**item.get("ctx", {}))
    return FieldError(_path(item), code, message)


def _path(item: Any) -> str:
    return ".".join(str(part)[:64] for part in item["loc"]) or "body"


# Codes of our own validators, which raise PydanticCustomError.
CUSTOM_CODES = {
    "blank",
    "control_character",
    "unknown_currency",
    "unknown_event_type",
    "not_a_payment_code",
    "not_an_id",
    "not_an_email",
    "not_a_card_number",
    "unknown_purpose",
    "not_a_time",
    "amount_out_of_range",
}
