"""A file's rows as lines of a COPY, a piece at a time.

Nearly every row of a file has one and the same form: that form is one expression, and a piece in
which every line has it goes to the database as it came. The lines of any other piece go one by one,
and a line of another form to its strict reader, which alone knows what to say about it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from kernel.currencies import MINOR_DIGITS
from settlement.scheme_files.cells import BEIJING, Columns
from settlement.scheme_files.text import Lines

CHARACTERS = 4 * 1024 * 1024  # of a piece
# What each cell is to look like; none holds what a COPY would take for its own (backslash). A cell
# never gives back what it took: the first thing that is wrong ends the look at once.
OWN_ID = SCHEME_ID = r"[^|\s\\]{1,64}+"
NAME = r"(?:[^|\s\\](?:[^|\n\t\\]{0,254}[^|\s\\])?)?"
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
# A day that every year has: 29 February is read by the strict reader.
DATE = (
    r"20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
RATE = r"(?:[0-9]{1,9}(?:\.[0-9]{1,12})?)?"
_UNREAD = r"[^|\n\\\0]{0,512}+"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Piece(NamedTuple):
    """``rows`` lines with the cells of ``columns``, the first of them from the file's ``line``.

    Amounts are decimals with their sign, in units of 10 ** ``digits`` minor units; times are
    Beijing's. A column that is not kept has a name of its own, and its cells may be missing.
    """

    line: int
    rows: int
    digits: int
    columns: tuple[str, ...]
    text: str


class StrictReader(Protocol):
    """Reads one line into a row, as cells of a COPY. Raises FileRefused."""

    def cells(self, line: str, number: int, digits: int) -> Mapping[str, str]:
        """What is kept of the row, its amounts as in a Piece of so many ``digits``."""
        ...


@dataclass(frozen=True)
class Form:
    """The forms of nearly all lines, each by the file's columns; what is kept under which name; and
    a last look at a line that has one of them."""

    digits: int
    columns: Columns
    kept: dict[str, str]
    forms: Sequence[Mapping[str, str]]
    holds: Callable[[str], bool] | None = None
    _lines: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        forms = [
            "[|]".join([form.get(name, _UNREAD) for name in self.columns]) for form in self.forms
        ]
        object.__setattr__(self, "_lines", re.compile(f"(?:(?:{'|'.join(forms)})\n)++"))

    @property
    def named(self) -> dict[str, str]:
        """Each of the file's columns by the name of a Piece's."""
        return {name: self.kept.get(name, f"unread_{at}") for name, at in self.columns.items()}

    def fits(self, text: str) -> bool:
        """Each of the lines has such a form, to its end."""
        if self._lines.fullmatch(text) is None:
            return False
        return self.holds is None or all(map(self.holds, text.split("\n")[:-1]))

    def told(self, cells: Mapping[str, str]) -> str:
        """A row that was read strictly, as a line of this form's columns."""
        row = [cells.get(name, "").translate(_ESCAPES) for name in self.named.values()]
        return "|".join(row) + "\n"


def amount(digits: int, *, sign: str = "[+]?") -> str:
    """An amount with at most so many ``digits``; the strict reader judges any other ``sign``."""
    part = rf"(?:\.[0-9]{{1,{digits}}})?" if digits else ""
    return rf"{sign}[0-9]{{1,12}}{part}"


def currencies(digits: int) -> str:
    """Every currency with just so many digits."""
    return rf"(?:{'|'.join(code for code, has in MINOR_DIGITS.items() if has == digits)})"


def pieces_of(lines: Lines, reader: StrictReader, form: Callable[[str], Form]) -> Iterator[Piece]:
    """The lines as pieces; ``form`` is made for the first line, which tells its currency.

    Raises FileRefused.
    """
    known: Form | None = None
    while text := lines.take(CHARACTERS):
        known = known or form(text.split("\n", 1)[0])
        passed = lines.pass_over(text) if known.fits(text) else None
        if passed is None:
            read = list(lines.each_of(text))
            if not read:
                continue
            passed = read[0][0], len(read)
            text = "".join([_one(known, reader, line, number) for number, line in read])
        yield Piece(*passed, known.digits, tuple(known.named.values()), text)


def _one(form: Form, reader: StrictReader, line: str, number: int) -> str:
    text = f"{line}\n"
    return text if form.fits(text) else form.told(reader.cells(line, number, form.digits))


def cells_told(row: Any, at: datetime, digits: int) -> dict[str, str]:
    """What is kept of a row of either file."""
    return {
        "kind": row.kind,
        "amount": str(Decimal(row.amount).scaleb(-digits)),
        "fee": str(Decimal(row.fee).scaleb(-digits)),
        "own_id": row.own_id,
        "scheme_id": row.scheme_id,
        "currency": row.currency,
        "merchant_name": row.merchant_name,
        "at": f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
    }
