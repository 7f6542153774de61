"""A report: columns, each of a kind, and rows. Pages, REST and files are made of the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.insights.ask import Ask

# None: hidden, or there is nothing to divide by.
Value = str | int | bool | date | None
Row = tuple[Value, ...]
BASIS = 10_000  # basis points of the whole


class Kind(StrEnum):
    """What a column's values are."""

    TEXT = "text"
    WORD = "word"  # one of ours: a persona, a risk
    DAY = "day"
    NUMBER = "number"
    MONEY = "money"  # minor units of the currency that was asked for
    SHARE = "share"  # basis points


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is part of the API; ``title`` is for people."""

    name: str
    kind: Kind
    title: str


@dataclass(frozen=True, slots=True)
class Report:
    """``of_customers``: it counts people, so that small groups are hidden, and stores are not told
    apart."""

    name: str
    title: str
    columns: tuple[Column, ...]
    read: Callable[[Ask], list[Row]]
    of_customers: bool = False

    def dictionaries(self, rows: list[Row]) -> list[dict[str, Any]]:
        """The rows by the columns' names."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in rows]


def share(part: int | None, whole: int | None) -> int | None:
    """Basis points, rounded half up; None without a whole."""
    if part is None or not whole:
        return None
    return (2 * part * BASIS + whole) // (2 * whole)


def mean(total: int | None, count: int | None) -> int | None:
    """Minor units, rounded half up; None of nothing."""
    if total is None or not count:
        return None
    return (2 * total + count) // (2 * count)
