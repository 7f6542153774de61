"""What the webhook and event calls read and answer: the contract, also for OpenAPI."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.bodies import Body, Moment, Text
from api.pages import PageQuery
from events.types import EventType
from kernel import ids
from kernel.errors import FieldError, Rejected


def _event_id(text: Any) -> UUID:
    try:
        return ids.decode("evt", text)
    except ids.InvalidId:
        raise PydanticCustomError("not_an_id", "Must be an id such as evt_01j….") from None


def _any_id(text: Any) -> UUID:
    try:
        return ids.decode(str(text).rpartition("_")[0], text)
    except ids.InvalidId:
        raise PydanticCustomError("not_an_id", "Must be an id such as pay_01j….") from None


def _event_type(text: Any) -> str:
    if text not in set(EventType):
        raise PydanticCustomError("unknown_event_type", "There is no such event.")
    return str(text)


EventId = Annotated[UUID, BeforeValidator(_event_id, json_schema_input_type=str)]
ObjectId = Annotated[UUID, BeforeValidator(_any_id, json_schema_input_type=str)]
KnownType = Annotated[
    str, BeforeValidator(_event_type, json_schema_input_type=str), Field(examples=list(EventType))
]
Url = Annotated[Text, StringConstraints(min_length=1, max_length=2048)]
Description = Annotated[Text, StringConstraints(max_length=256)]
Types = Annotated[list[KnownType], Field(max_length=len(EventType))]
Email = Annotated[Text, StringConstraints(max_length=254)]


class CreateEndpoint(Body):
    """Send events to ``url``; without ``event_types`` all of them, whatever is added later."""

    url: Url
    description: Description = ""
    event_types: Types = []
    contact_email: Email | None = None


class ChangeEndpoint(Body):
    """What is absent stays as it is."""

    url: Url | None = None
    description: Description | None = None
    event_types: Types | None = None
    contact_email: Email | None = None
    status: Literal["enabled", "disabled"] | None = None

    @model_validator(mode="after")
    def _null_means_something_only_for_the_email(self) -> "ChangeEndpoint":
        for name in self.model_fields_set - {"contact_email"}:
            if getattr(self, name) is None:
                fault = FieldError(name, "required", "Leave it out to keep what it is.")
                raise Rejected("invalid_request", f"Please correct: {name}.", errors=(fault,))
        return self


class Nothing(Body):
    """An empty body."""


class Replay(Body):
    """One ``event``, or every event from ``created_gte`` to before ``created_lt``."""

    event: EventId | None = None
    created_gte: Moment | None = None
    created_lt: Moment | None = None

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> "Replay":
        has_range = self.created_gte is not None and self.created_lt is not None
        has_some = self.created_gte is not None or self.created_lt is not None
        if (self.event is None) == has_range and has_some == has_range:
            return self
        fault = FieldError("event", "required", "Either event, or created_gte with created_lt.")
        raise Rejected("invalid_request", "Please correct: event.", errors=(fault,))


class EventQuery(PageQuery):
    """Filters of the feed; ``object`` is the id of what the events are about."""

    type: KnownType | None = None
    object: ObjectId | None = None
    created_gte: Moment | None = None
    created_lt: Moment | None = None


class EventObject(BaseModel):
    """What happened; ``data`` is the object as it was at that moment."""

    object: Literal["event"]
    id: str
    type: EventType
    livemode: bool
    created_at: str
    data: dict[str, Any]


class EndpointObject(BaseModel):
    """An endpoint. Its secret is shown when it is made and when it is rotated, and never else."""

    object: Literal["webhook_endpoint"]
    id: str
    livemode: bool
    url: str
    description: str
    event_types: list[EventType]
    contact_email: str | None
    status: Literal["enabled", "disabled"]
    disabled_reason: Literal["by_merchant", "by_staff", "gone", "failing", "deleted"] | None
    disabled_at: str | None
    failing_since: str | None
    previous_secret_ends_at: str | None
    created_at: str


class EndpointWithSecret(EndpointObject):
    """``secret`` is in the form of Standard Webhooks."""

    secret: str


class ReplayedEndpoint(EndpointObject):
    """``pending_deliveries`` are owed to it now; counting ends at 1000."""

    pending_deliveries: int


class TryObject(BaseModel):
    """One request; without ``http_status``, ``error`` says what went wrong."""

    tried_at: str
    url: str
    duration_ms: int
    http_status: int | None
    error: str | None
    answer: str


class DeliveryObject(BaseModel):
    """An event on its way to an endpoint, with its newest tries, oldest first."""

    object: Literal["delivery"]
    id: str
    event: str
    event_type: EventType
    status: Literal["pending", "succeeded", "failed", "unsent"]
    next_try_at: str | None
    tries: list[TryObject]
    created_at: str


class EventPage(BaseModel):
    """One page, newest first."""

    data: list[EventObject]
    has_more: bool
    next_cursor: str | None


class EndpointPage(BaseModel):
    """One page, newest first."""

    data: list[EndpointObject]
    has_more: bool
    next_cursor: str | None


class DeliveryPage(BaseModel):
    """One page, newest first."""

    data: list[DeliveryObject]
    has_more: bool
    next_cursor: str | None
