"""Sums over any time: whole hours from the hours' table, what is left at both ends from the slots'.

The SQL is put together from portal.measures; it holds no outside word.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from portal.measures import ARRAYS, BUCKETS, GROUPS, SUMS, FailureGroup, quantile_ms
from portal.slots import HOUR, begin_of
from tenancy.scope import get_scope


@dataclass(frozen=True, slots=True)
class Place:
    """Whose figures: None leaves a column open."""

    livemode: bool
    acquirer_id: UUID | None = None
    merchant_id: UUID | None = None


@dataclass(slots=True)
class Totals:
    """Sums of one currency (or of all: then the amounts mean nothing)."""

    tried: int = 0
    succeeded: int = 0
    failed: int = 0
    canceled: int = 0
    in_doubt: int = 0
    unknown: int = 0
    amount_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0
    failures: list[int] = field(default_factory=lambda: [0] * len(GROUPS))
    answers: list[int] = field(default_factory=lambda: [0] * BUCKETS)

    def add(self, other: "Totals") -> None:
        """Put ``other`` on top."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ARRAYS:
            pairs = zip(getattr(self, name), getattr(other, name), strict=True)
            setattr(self, name, [mine + its for mine, its in pairs])

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed + self.canceled

    @property
    def success_rate(self) -> float | None:
        """Of the payments that have ended, 0 to 1; None without any."""
        return self.succeeded / self.ended if self.ended else None

    def quantile_ms(self, quantile: float) -> int | None:
        """Alipay's answer time in ms; None without an answer."""
        return quantile_ms(self.answers, quantile)

    def by_group(self) -> dict[FailureGroup, int]:
        """Why payments came to nothing, most frequent first, without zeros."""
        pairs = zip(GROUPS, self.failures, strict=True)
        return dict(sorted(((g, n) for g, n in pairs if n), key=lambda pair: -pair[1]))


# Counts of one row fit into 32 bits, and sums of such are added without PostgreSQL's slow numerics.
_AMOUNTS = ("amount_minor", "refunded_minor")
_SUMMED = ", ".join(
    [f"sum({name})::bigint" if name in _AMOUNTS else f"sum({name}::int)" for name in SUMS]
    + [
        f"ARRAY[{', '.join(f'sum({name}[{number + 1}]::int)' for number in range(length))}]"
        for name, length in ARRAYS.items()
    ]
)
_COLUMNS = ", ".join(["since", "currency", *SUMS, *ARRAYS])
_WHERE = """livemode = %(livemode)s
        AND (%(acquirer)s::uuid IS NULL OR acquirer_id = %(acquirer)s::uuid)
        AND (%(merchant)s::uuid IS NULL OR merchant_id = %(merchant)s::uuid)"""
_TOTALS = f"""
SELECT currency, EXTRACT(EPOCH FROM since - %(since)s)::int / %(step)s::int AS number, {_SUMMED}
  FROM (SELECT {_COLUMNS} FROM portal_hourfigures
         WHERE since >= %(hours)s AND since < %(hours_end)s AND {_WHERE}
         UNION ALL
        SELECT {_COLUMNS} FROM portal_slotfigures
         WHERE since >= %(since)s AND since < %(hours)s AND {_WHERE}
         UNION ALL
        SELECT {_COLUMNS} FROM portal_slotfigures
         WHERE since >= %(hours_end)s AND since < %(until)s AND {_WHERE}) AS parts
 GROUP BY currency, number
"""  # noqa: S608 - words of ours


def read_totals(
    place: Place, since: datetime, until: datetime, *, step_seconds: int
) -> dict[str, dict[int, Totals]]:
    """Per currency, and per number of the step of ``step_seconds`` from ``since`` on.

    Both ends are moments that begin a slot; the last slot may be one that is still being counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, _params(place, since, until) | {"step": step_seconds})
        rows = cursor.fetchall()
    found: dict[str, dict[int, Totals]] = {}
    for currency, number, *values in rows:
        found.setdefault(currency, {})[number] = Totals(*values)
    return found


def _params(place: Place, since: datetime, until: datetime) -> dict[str, Any]:
    hour = begin_of(since, HOUR)
    hours, hours_end = hour if hour == since else hour + HOUR, begin_of(until, HOUR)
    if hours >= hours_end:  # no whole hour: all of it are slots
        hours = hours_end = until
    return {
        "since": since,
        "until": until,
        "hours": hours,
        "hours_end": hours_end,
        "livemode": place.livemode,
        # The database's policy says the same, but no index can be used for what it says.
        "acquirer": place.acquirer_id or get_scope().acquirer_id,
        "merchant": place.merchant_id,
    }
