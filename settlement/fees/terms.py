"""What a version of a fee plan says, as a value: packed for a proposal, shown to people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from settlement.fees.prices import Price, read_prices, show_prices
from settlement.fees.words import Returning, Rounding, Tiers

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """``starts_on`` is a day in the acquirer's zone; the first sale of it is charged so."""

    starts_on: date
    prices: Sequence[Price]
    tiers: Tiers = Tiers.MARGINAL
    rounding: Rounding = Rounding.HALF_UP
    on_refund: Returning = Returning.RETURNED
    on_cancel: Returning = Returning.RETURNED

    def pack(self) -> dict[str, Any]:
        """As JSON; ``unpack`` is the inverse."""
        return asdict(self) | {
            "starts_on": self.starts_on.isoformat(),
            "prices": show_prices(self.prices),
        }

    @classmethod
    def unpack(cls, said: dict[str, Any]) -> "Terms":
        """Raises Rejected for prices that cannot be read."""
        return cls(
            starts_on=date.fromisoformat(said["starts_on"]),
            prices=read_prices(said["prices"]),
            tiers=Tiers(said["tiers"]),
            rounding=Rounding(said["rounding"]),
            on_refund=Returning(said["on_refund"]),
            on_cancel=Returning(said["on_cancel"]),
        )

    def facts(self) -> Facts:
        """For people who compare; the prices one after another."""
        return {
            "starts on": self.starts_on.isoformat(),
            "prices": "; ".join(str(price) for price in self.prices),
            "tiers": self.tiers.value,
            "rounding": self.rounding.value.replace("_", " "),
            "fee on refund": self.on_refund.value,
            "fee on cancel": self.on_cancel.value,
        }


def first_instant(day: date, zone: str) -> datetime:
    """When ``day`` begins in ``zone``, in UTC; PostgreSQL reads a midnight alike."""
    local = datetime.combine(day, time(0), ZoneInfo(zone))
    return max(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))


def today_in(zone: str, now: datetime) -> date:
    """The day that it is in ``zone``."""
    return now.astimezone(ZoneInfo(zone)).date()
