"""The rules of live health: one table. docs/concepts/live-health.md tells them in words.

A rule reads a share or a time at each place of its level. At ``opens_at`` and above, with at least
``minimum`` payments in its window, there is trouble; below ``closes_at`` there is none; between the
two what is stays (so that nothing flaps).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from portal.measures import GROUPS, FailureGroup
from portal.selectors.totals import Totals
from portal.state import Kind, Level


@dataclass(frozen=True, slots=True)
class Rule:
    """``measure`` gives the value and the sample that it rests on."""

    kind: Kind
    level: Level
    window: timedelta
    minimum: int
    opens_at: float
    closes_at: float
    measure: Callable[[Totals], tuple[float, int]]


def _share(
    part: Callable[[Totals], int], whole: Callable[[Totals], int]
) -> Callable[[Totals], tuple[float, int]]:
    def measure(totals: Totals) -> tuple[float, int]:
        sample = whole(totals)
        return (part(totals) / sample if sample else 0.0), sample

    return measure


def _group(group: FailureGroup) -> Callable[[Totals], int]:
    return lambda totals: totals.failures[GROUPS.index(group)]


def _tried(totals: Totals) -> int:
    return totals.tried


def _ended(totals: Totals) -> int:
    return totals.ended


def _unknown(totals: Totals) -> int:
    return totals.unknown


def _median(totals: Totals) -> tuple[float, int]:
    return float(totals.quantile_ms(0.5) or 0), sum(totals.answers)


def _came_to_nothing(totals: Totals) -> int:
    """Not what the till itself has stopped, and not what a scanner could not read."""
    own = _group(FailureGroup.MERCHANT)(totals) + _group(FailureGroup.CODE_READ)(totals)
    return max(0, totals.failed + totals.canceled - own)


_TEN, _HALF_HOUR = timedelta(minutes=10), timedelta(minutes=30)

_SILENT = _share(_unknown, _tried)
_REFUSED = _share(_group(FailureGroup.SET_UP), _tried)
_NOTHING = _share(_came_to_nothing, _ended)
_UNREAD = _share(_group(FailureGroup.CODE_READ), _tried)

# fmt: off
RULES: tuple[Rule, ...] = (
    # kind                    level           window      minimum opens   closes  measure
    Rule(Kind.SCHEME_SILENT,  Level.ACCOUNT,  _TEN,       20,     0.30,   0.10,   _SILENT),
    Rule(Kind.SCHEME_SLOW,    Level.ACCOUNT,  _TEN,       30,     3000,   2000,   _median),
    Rule(Kind.SET_UP_REFUSED, Level.ACCOUNT,  _TEN,       10,     0.50,   0.20,   _REFUSED),
    Rule(Kind.SET_UP_REFUSED, Level.MERCHANT, _HALF_HOUR,  3,     0.50,   0.20,   _REFUSED),
    Rule(Kind.FAILING,        Level.MERCHANT, _HALF_HOUR, 20,     0.50,   0.30,   _NOTHING),
    Rule(Kind.FAILING,        Level.STORE,    _HALF_HOUR, 20,     0.50,   0.30,   _NOTHING),
    Rule(Kind.CODE_READS,     Level.TERMINAL, _HALF_HOUR, 10,     0.30,   0.15,   _UNREAD),
)
# fmt: on

# An address of Alipay's: calls that failed or were not made, of all, in the last minutes.
ADDRESS_WINDOW = timedelta(minutes=5)
ADDRESS_MINIMUM, ADDRESS_OPENS_AT, ADDRESS_CLOSES_AT = 5, 0.5, 0.2

# One key: calls of it that we refused ourselves (401, 403), in five to ten minutes.
REFUSED_OPENS_AT, REFUSED_CLOSES_AT = 10, 3

# Silence: sales in each window beside the same window of earlier weeks.
SILENCE_WINDOWS = (timedelta(minutes=30), timedelta(hours=2))
SILENCE_WEEKS = 4  # looked back
SILENCE_WEEKS_NEEDED = 2  # with sales in them; a shop that is new is not expected to sell
SILENCE_CHANCE = 1e-4  # opens below this probability of so few sales by chance
SILENCE_SHARE = 0.1  # and only when not even this share of what was expected is there
SILENCE_CLOSES_AT = 0.3  # of what was expected

CALM = timedelta(minutes=5)  # so long without trouble before an incident ends
UNKNOWN_CALM = timedelta(minutes=30)  # so long with too few payments to tell
REOPENS_WITHIN = timedelta(minutes=15)  # the same trouble again is the same incident

# An incident of the first hides those of the second below the same place: the cause is named once.
COVERS: dict[Kind, frozenset[Kind]] = {
    Kind.SCHEME_SILENT: frozenset({Kind.FAILING, Kind.SCHEME_SLOW, Kind.SILENT}),
    Kind.SET_UP_REFUSED: frozenset({Kind.FAILING, Kind.SET_UP_REFUSED}),
    Kind.FAILING: frozenset({Kind.FAILING}),
    Kind.SILENT: frozenset({Kind.SILENT}),
}
