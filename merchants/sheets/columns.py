"""The columns of a sheet: what each fills, and an example. Import and export read this table."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` of the merchant or of the store; a whole number where ``is_number``."""

    name: str
    of: Literal["merchant", "store"]
    field: str
    example: str
    is_needed: bool = False
    is_number: bool = False
    is_exported: bool = True  # False: it goes in and never comes out

    def read(self, text: str) -> Any:
        """The value that the text stands for; raises ValueError."""
        if not self.is_number:
            return text
        if not (text.isascii() and text.isdigit()):
            raise ValueError("Write a whole number.")
        return int(text)


def _merchant(name: str, example: str, **rest: Any) -> Column:
    return Column(name, "merchant", name, example, **rest)


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
    _merchant("payment_timeout_seconds", "30", is_number=True),
    Column("scheme_store_id", "store", "scheme_store_id", "S001", is_needed=True),
    Column("store_name", "store", "name", "Harbour Tea Central", is_needed=True),
    Column("store_address", "store", "address", "1 Queen's Road Central, Hong Kong"),
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
