"""Addresses in parts: which columns hold them, when one is whole, and how it reads on one line."""

from dataclasses import dataclass
from typing import Any, Literal

from merchants.models import Merchant, Store

LINE_LIMIT = 256  # characters that Alipay takes of an address (barcode reference §5.1)
PARTS = ("line1", "line2", "town", "region", "postal_code", "country")


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is; ``country`` is ISO 3166, any other part may be empty."""

    line1: str
    line2: str
    town: str
    region: str
    postal_code: str
    country: str

    @property
    def is_whole(self) -> bool:
        """Whether a letter would arrive: not every country has regions or postal codes."""
        return bool(self.line1 and self.town)

    def __str__(self) -> str:
        """``1 Queen's Road, Central, Hong Kong``: the postal form, LINE_LIMIT at most."""
        place = " ".join(filter(None, (self.region, self.postal_code)))
        parts = filter(None, (self.line1, self.line2, self.town, place))
        return ", ".join(parts)[:LINE_LIMIT]


def address_of(row: Merchant | Store, kind: Literal["", "registered_", "trading_"]) -> Address:
    """The address in the columns ``kind``…; whose country is not said, it is the merchant's."""
    merchant = row if isinstance(row, Merchant) else row.merchant
    parts = {name: getattr(row, f"{kind}{name}", "") for name in PARTS}
    return Address(**(parts | {"country": parts["country"] or merchant.country}))


def columns_of(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    """The columns to write for an address that was said whole; parts left out become empty."""
    return {f"{kind}{name}": said[name] for name in PARTS if name in said}
