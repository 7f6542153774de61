"""How long and how hard everything is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Times in seconds. ``rounds`` of floor and API take turns, so both see the same machine."""

    rounds: int
    floor_seconds: int
    api_seconds: float
    half_load_seconds: float
    alipay_seconds: float  # what Alipay takes while payments are held in flight
    in_flight: int  # payments that are to be in flight at once
    hold_seconds: float  # how long they are kept coming after that number is reached
    clients: int = 32

    @property
    def arrivals_per_second(self) -> float:
        """The rate that keeps ``in_flight`` payments waiting for such an Alipay."""
        return self.in_flight / self.alipay_seconds


FULL = Plan(
    rounds=3, floor_seconds=5, api_seconds=10, half_load_seconds=15,
    alipay_seconds=10, in_flight=2_000, hold_seconds=15,
)  # fmt: skip
QUICK = Plan(
    rounds=1, floor_seconds=2, api_seconds=3, half_load_seconds=3,
    alipay_seconds=2, in_flight=100, hold_seconds=1,
)  # fmt: skip
