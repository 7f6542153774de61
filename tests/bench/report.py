"""What was measured, as numbers, as JSON and as a table."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

TARGETS = {
    "ratio": 0.17,  # of the floor in this form; 0.20 is the aim
    "half_load_p50_ms": 10.0,
    "half_load_p99_ms": 50.0,
    "in_flight_p99_ms": 200.0,
}


@dataclass(frozen=True)
class Latency:
    """Milliseconds that we add to Alipay's answer, by percentile."""

    p50: float
    p95: float
    p99: float
    worst: float


@dataclass(frozen=True)
class Round:
    """One pair: payments/s of the floor and of the API, and CPU ms per payment by process.

    ``others`` is the share of the machine that processes of somebody else took meanwhile.
    """

    floor: float
    api: float
    cpu_ms: dict[str, float]
    floor_cpu_ms: float
    others: float = 0.0

    @property
    def ratio(self) -> float:
        return self.api / self.floor

    @property
    def cpu_ratio(self) -> float:
        """The ratio that the same costs give on a machine that nobody else uses."""
        return self.floor_cpu_ms / sum(self.cpu_ms.values())


@dataclass(frozen=True)
class Flight:
    """An open-loop run: what arrived, what it found."""

    rate: float
    alipay_ms: float
    sent: int
    errors: int
    statuses: dict[str, int]
    most_in_flight: int
    added: Latency


@dataclass
class Report:
    """The whole run."""

    rounds: list[Round] = field(default_factory=list)
    half_load: Flight | None = None
    in_flight: Flight | None = None
    payments: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(each.ratio for each in self.rounds)

    @property
    def cpu_ratio(self) -> float:
        """The same of CPU time: what the floor costs by what the API costs."""
        return median(each.cpu_ratio for each in self.rounds)

    def as_json(self) -> dict[str, Any]:
        """Everything, with the figures that were derived from it."""
        return {
            "ratio": round(self.ratio, 4),
            "cpu_ratio": round(self.cpu_ratio, 4),
            "targets": TARGETS,
            **asdict(self),
        }


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that ``percent`` of all do not exceed (nearest rank); 0 of nothing."""
    if not values:
        return 0.0
    rank = -(-len(values) * percent // 100)  # rounded up, without floats going astray
    return sorted(values)[max(1, int(rank)) - 1]


def latency(values_ms: list[float], *, alipay_ms: float) -> Latency:
    """What is added to an Alipay that takes ``alipay_ms``; zeros if nothing was answered."""
    if not values_ms:
        return Latency(0.0, 0.0, 0.0, 0.0)
    p50, p95, p99, worst = (percentile(values_ms, each) - alipay_ms for each in (50, 95, 99, 100))
    return Latency(round(p50, 1), round(p95, 1), round(p99, 1), round(worst, 1))


def per_payment_ms(spent_seconds: dict[str, float], payments: int) -> dict[str, float]:
    """CPU milliseconds per payment, by process."""
    return {
        name: round(seconds * 1000 / payments, 2) if payments else 0.0
        for name, seconds in spent_seconds.items()
    }
