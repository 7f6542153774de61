"""A file's rows as lines of a COPY, a piece at a time.

Nearly every row of a file has one and the same form: that form is one expression, and a piece in
which every line has it is turned as a whole. The lines of any other piece go one by one, and a line
of another form to its strict reader, which alone knows what to say about it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, Protocol

from kernel.currencies import MINOR_DIGITS
from settlement.scheme_files.cells import Columns

LINES = 10_000  # of a piece
# What each cell is to look like; none holds what a COPY would take for its own (tab, backslash).
OWN_ID = r"(?P<own>[^|\s\\]{1,64})"
SCHEME_ID = r"(?P<scheme>[^|\s\\]{1,64})"
NAME = r"(?P<name>(?:[^|\s\\](?:[^|\n\t\\]{0,254}[^|\s\\])?)?)"
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
# A day that every year has: 29 February is read by the strict reader.
DATE = (
    r"20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
RATE = r"(?:[0-9]{1,9}(?:\.[0-9]{1,12})?)?"
_UNREAD = r"[^|\n]*"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Piece(NamedTuple):
    """``rows`` lines for the columns of load_rows, the first of them from the file's ``line``.

    Amounts are decimals with their sign, in units of 10 ** ``digits`` minor units.
    """

    line: int
    rows: int
    digits: int
    text: str


class StrictReader(Protocol):
    """Reads one line into a row, as the line of a COPY. Raises FileRefused."""

    def copied(self, line: str, number: int, digits: int) -> str:
        """The row with its line end, its amounts as in a Piece of so many ``digits``."""
        ...


@dataclass(frozen=True)
class Form:
    """The form of nearly all lines: ``cells`` by column, and a last look at what was matched."""

    digits: int

    columns: Columns
    cells: dict[str, str]
    holds: Callable[[re.Match[str]], bool] | None = None
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        cells = [self.cells.get(name, _UNREAD) for name in self.columns]
        object.__setattr__(self, "pattern", re.compile(f"^{'[|]'.join(cells)}$", re.MULTILINE))

    def turn(self, lines: Sequence[str]) -> str | None:
        """All the lines, as a COPY takes them; None unless each has the form."""
        text = "\n".join(lines)
        if self.holds is not None and not all(map(self.holds, self.pattern.finditer(text))):
            return None
        turned, count = self.pattern.subn(template(self.columns), text)
        return f"{turned}\n" if count == len(lines) else None


def template(columns: Columns) -> str:
    """What a COPY is told of a line: kind, amount, fee, ids, currency, name, time in Beijing."""
    name = r"\g<name>" if "Secondary_merchant_name" in columns else ""
    ids = r"\g<own>\t\g<scheme>\t\g<currency>"
    return rf"\g<kind>\t\g<amount>\t\g<fee>\t{ids}\t{name}\t\g<at>+08"


def amount(name: str, digits: int) -> str:
    """An amount with at most so many ``digits``, as ``name``; the strict reader judges a minus."""
    part = rf"(?:\.[0-9]{{1,{digits}}})?" if digits else ""
    return rf"(?P<{name}>[+]?[0-9]{{1,12}}{part})"


def currencies(digits: int) -> str:
    """Every currency with just so many digits."""
    return rf"(?P<currency>{'|'.join(code for code, has in MINOR_DIGITS.items() if has == digits)})"


def pieces_of(
    lines: Iterator[tuple[int, str]], reader: StrictReader, form: Callable[[str], Form]
) -> Iterator[Piece]:
    """The lines as pieces; ``form`` is made for the first line, which tells its currency.

    Raises FileRefused.
    """
    known: Form | None = None
    while piece := list(islice(lines, LINES)):
        known = known or form(piece[0][1])
        text = known.turn([line for _, line in piece])
        if text is None:
            text = "".join([_one(known, reader, line, number) for number, line in piece])
        yield Piece(piece[0][0], len(piece), known.digits, text)


def _one(form: Form, reader: StrictReader, line: str, number: int) -> str:
    return form.turn((line,)) or reader.copied(line, number, form.digits)


def copied(row: Any, at: datetime, digits: int) -> str:
    """A row of either file as the line of a COPY."""
    amounts = [Decimal(minor).scaleb(-digits) for minor in (row.amount, row.fee)]
    cells = [row.kind, *map(str, amounts), row.own_id, row.scheme_id, row.currency]
    cells += [row.merchant_name, at.isoformat()]
    return "\t".join([cell.translate(_ESCAPES) for cell in cells]) + "\n"
