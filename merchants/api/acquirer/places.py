"""Addresses and places in an acquirer's calls, and the columns that they fill."""

from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.bodies import Body, Text
from merchants.addresses import columns_of
from merchants.countries import check_country


def _known(code: str) -> str:
    try:
        check_country(code)
    except ValidationError as error:
        raise PydanticCustomError("invalid", "{why}", {"why": str(error.message)}) from None
    return code


Line = Annotated[Text, StringConstraints(max_length=128, strip_whitespace=True)]
Part = Annotated[Text, StringConstraints(max_length=64, strip_whitespace=True)]
PostalCode = Annotated[Text, StringConstraints(max_length=16, strip_whitespace=True)]
Country = Annotated[Text, StringConstraints(max_length=2), AfterValidator(_known)]


class RegisteredAddress(Body):
    """Where the merchant is registered, in its ``country``. It replaces what was there."""

    line1: Line
    line2: Line = ""
    town: Part
    region: Part = ""
    postal_code: PostalCode = ""


class Address(RegisteredAddress):
    """Where something is; without ``country`` in the merchant's. It replaces what was there."""

    country: Country | None = None


class Location(Body):
    """Degrees, north and east positive; kept to six places, which is a hand's breadth."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


def columns(body: Body) -> dict[str, Any]:
    """What was said, by column: an address or a place fills several. Null is nothing said, except
    of ``location``, which it takes away."""
    said = body.model_dump(exclude_none=True)
    for name, kind in _ADDRESSES.items():
        if (address := said.pop(name, None)) is not None:
            empty = {"country": ""} if name != "registered_address" else {}
            said |= columns_of(kind, empty | address)
    if "location" in body.model_fields_set:
        place = said.pop("location", None) or {"latitude": None, "longitude": None}
        said |= {name: _degrees(value) for name, value in place.items()}
    return said


_ADDRESSES = {
    "address": "", "registered_address": "registered_", "trading_address": "trading_",
}  # fmt: skip


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.6f}")
