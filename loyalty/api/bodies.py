"""What a till may say of a member; also for the OpenAPI document."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.bodies import Body, Query, Text
from api.pages import PageQuery
from loyalty.card_numbers import read_card_number
from loyalty.join_links import DAYS_LIMIT
from loyalty.member_state import MemberStatus, Purpose
from loyalty.services.join import Agreement, Application


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise PydanticCustomError("not_an_email", "Must be an e-mail address.") from None
    return text


def _card(text: str) -> str:
    number = read_card_number(text)
    if number is None:
        raise PydanticCustomError(
            "not_a_card_number", "Must be the 18 digits of a member's card; one is wrong."
        )
    return number


def _purpose(value: object) -> Purpose:
    try:
        return Purpose(str(value))
    except ValueError:
        words = ", ".join(purpose.value for purpose in Purpose)
        raise PydanticCustomError("unknown_purpose", f"Must be one of {words}.") from None


Name = Annotated[Text, StringConstraints(min_length=1, max_length=128)]
Phone = Annotated[
    str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", examples=["+85291234567"], max_length=16)
]
Email = Annotated[Text, StringConstraints(max_length=254), AfterValidator(_email)]
Version = Annotated[Text, StringConstraints(min_length=1, max_length=32)]
CardNumber = Annotated[str, Field(max_length=32), AfterValidator(_card)]
PurposeWord = Annotated[Purpose, BeforeValidator(_purpose)]


class Consented(Body):
    """What the customer agreed to, and which wording they were shown."""

    purpose: PurposeWord
    wording_version: Version

    def to_agreement(self) -> Agreement:
        return Agreement(self.purpose, self.wording_version)


class JoinMember(Body):
    """Every field is optional: a card alone makes a member."""

    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    consents: Annotated[list[Consented], Field(max_length=3)] = []

    def to_application(self) -> Application:
        """What the service needs."""
        return Application(
            name=self.name or "",
            phone=self.phone or "",
            email=self.email or "",
            agreements=tuple(each.to_agreement() for each in self.consents),
        )


class RecordConsent(Body):
    """`given: false` takes an agreement back."""

    purpose: PurposeWord
    wording_version: Version
    given: bool

    def to_agreement(self) -> Agreement:
        """What the service needs."""
        return Agreement(self.purpose, self.wording_version, self.given)


class ForgetMember(Body):
    """An empty object, or no body at all."""


class JoinLinkQuery(Query):
    """How many days customers may join by it."""

    days: Annotated[int, Field(ge=1, le=DAYS_LIMIT)] = 30


class MemberQuery(PageQuery):
    """Filters of the list."""

    card_number: CardNumber | None = None
    status: MemberStatus | None = None
