"""The columns of a sheet: what each fills, and an example. Import and export read this table."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` of the merchant or of the store; a number where ``number`` says which kind."""

    name: str
    of: Literal["merchant", "store"]
    field: str
    example: str
    is_needed: bool = False
    number: Literal["", "whole", "degrees"] = ""
    is_exported: bool = True  # False: it goes in and never comes out

    def read(self, text: str) -> Any:
        """The value that the text stands for; raises ValueError."""
        if not self.number:
            return text
        if self.number == "degrees":
            return _degrees(text)
        if not (text.isascii() and text.isdigit()):
            raise ValueError("Write a whole number.")
        return int(text)

    def show(self, value: Any) -> str:
        """The text that ``read`` makes ``value`` of."""
        return "" if value is None else str(value)


def _degrees(text: str) -> Decimal:
    if not _DEGREES.fullmatch(text):
        raise ValueError("Write degrees with a decimal point, six places at most: 22.2819.")
    return Decimal(text)


def _merchant(name: str, example: str, *, field: str = "", **rest: Any) -> Column:
    return Column(name, "merchant", field or name, example, **rest)


def _store(name: str, field: str, example: str, **rest: Any) -> Column:
    return Column(name, "store", field, example, **rest)


COLUMNS = (
    _merchant("scheme_merchant_id", "M0001", is_needed=True),
    _merchant("legal_name", "Harbour Tea Limited", is_needed=True),
    _merchant("display_name", "Harbour Tea", is_needed=True),
    _merchant("mcc", "5812", is_needed=True),
    _merchant("country", "HK", is_needed=True),
    _merchant("organisation", "enterprise"),
    _merchant("registration_number", "12345678"),
    _merchant("responsible_name", "Ada Chan"),
    _merchant("responsible_id", "A123456(7)", is_exported=False),
    _merchant("payment_timeout_seconds", "30", number="whole"),
    _merchant("registered_address", "8 Pier Road", field="registered_line1"),
    _merchant("registered_address_2", "12th floor", field="registered_line2"),
    _merchant("registered_town", "Hong Kong"),
    _merchant("registered_region", "Central and Western"),
    _merchant("registered_postal_code", "999077"),
    _merchant("trading_address", "8 Pier Road", field="trading_line1"),
    _merchant("trading_address_2", "12th floor", field="trading_line2"),
    _merchant("trading_town", "Hong Kong"),
    _merchant("trading_region", "Central and Western"),
    _merchant("trading_postal_code", "999077"),
    _merchant("trading_country", "HK"),
    _store("scheme_store_id", "scheme_store_id", "S001", is_needed=True),
    _store("store_name", "name", "Harbour Tea Central", is_needed=True),
    _store("store_address", "line1", "1 Queen's Road Central"),
    _store("store_address_2", "line2", "Shop 5"),
    _store("store_town", "town", "Hong Kong"),
    _store("store_region", "region", "Central and Western"),
    _store("store_postal_code", "postal_code", "999077"),
    _store("store_country", "country", "HK"),
    _store("store_latitude", "latitude", "22.281900", number="degrees"),
    _store("store_longitude", "longitude", "114.158100", number="degrees"),
)
BY_NAME = {column.name: column for column in COLUMNS}
NAMES_THE_MERCHANT = BY_NAME["scheme_merchant_id"]
MERCHANT_COLUMNS = tuple(each for each in COLUMNS if each.of == "merchant")
STORE_COLUMNS = tuple(each for each in COLUMNS if each.of == "store")
EXPORTED = tuple(each for each in COLUMNS if each.is_exported)


def column_of(of: str, field: str) -> str:
    """The column in which a field of the merchant or store stands."""
    found = (each.name for each in COLUMNS if (each.of, each.field) == (of, field))
    return next(found, field)
