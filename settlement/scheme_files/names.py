"""A file's name: whose it is, what it holds and which business day (reference §6.1)."""

import re
from dataclasses import dataclass
from datetime import date

TRANSACTION, SETTLEMENT = "transaction", "settlement"
_NAME = re.compile(r"([0-9]{4,32})_(transaction|settlement)_([0-9]{8})\.txt")


@dataclass(frozen=True, slots=True)
class FileName:
    """``day`` is the business day (in Beijing), not the day of making."""

    partner: str
    kind: str
    day: date

    def __str__(self) -> str:
        return f"{self.partner}_{self.kind}_{self.day:%Y%m%d}.txt"


def read_name(text: str) -> FileName | None:
    """The parts of a name; None for a file that is none of the scheme's."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[3])
    except ValueError:
        return None
    return FileName(found[1], found[2], day)
