"""The rows of a file under its columns' names: read by name, in any of the known layouts."""

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from settlement.scheme_files.cells import Columns
from settlement.scheme_files.refusal import FileRefused

_REMEMBERED_LIMIT = 100_000  # cells of a column
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def columns_of(line: str, number: int, layouts: Sequence[Sequence[str]]) -> Columns:
    """Where each column stands: exactly one of the layouts. Raises FileRefused."""
    names = [name.strip() for name in line.split("|")]
    if any(names == list(layout) for layout in layouts):
        return {name: index for index, name in enumerate(names)}
    layout = max(layouts, key=len)
    for index, expected in enumerate(layout):
        found = names[index] if index < len(names) else ""
        if found != expected:
            reason = f"the column is called {found[:40]!r}" if found else "the column is missing"
            raise FileRefused(reason, line=number, column=expected)
    raise FileRefused(f"{len(names)} columns, where there are {len(layout)}", line=number)


def cells_of(line: str, number: int, columns: Columns) -> list[str]:
    """The line's cells. Raises FileRefused if there are more or fewer than columns."""
    cells = line.split("|")
    if len(cells) != len(columns):
        reason = f"{len(cells)} cells, where there are {len(columns)} columns"
        raise FileRefused(reason, line=number)
    return cells


class Remembered(dict[Key, Value]):
    """What cells of the same text mean is worked out once: a million rows have few different ones.

    A look-up of what is not known raises KeyError. No refusal is learnt: it has its row's line.
    """

    def make_room(self) -> None:
        """Forget all when there is too much."""
        if len(self) >= _REMEMBERED_LIMIT:
            self.clear()


class RememberedTimes:
    """Times in two parts, for a day has few hours and an hour few seconds: ``2026-11-22 13:45:01``.

    Any hour that was read strictly goes with any minute and second that was.
    """

    _HOUR = len("2026-11-22 13:")

    def __init__(self) -> None:
        self._hours: Remembered[str, datetime] = Remembered()
        self._rests: Remembered[str, timedelta] = Remembered()

    def __getitem__(self, text: str) -> datetime:
        """Raises KeyError for what is not known."""
        return self._hours[text[: self._HOUR]] + self._rests[text[self._HOUR :]]

    def learn(self, text: str, at: datetime) -> None:
        """``at`` is what ``text`` means."""
        self._hours.make_room()
        self._rests.make_room()
        rest = timedelta(minutes=at.minute, seconds=at.second)
        self._hours[text[: self._HOUR]] = at - rest
        self._rests[text[self._HOUR :]] = rest
