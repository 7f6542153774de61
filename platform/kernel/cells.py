"""Cells of CSV files that people open in a spreadsheet: no text is ever calculated."""

import re
from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how what a spreadsheet calculates begins
_ANY_FORMULA = re.compile(rf"(?:\A|\n)[{re.escape(''.join(FORMULA))}]")


def as_text(cell: str) -> str:
    """``cell``, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def all_as_text(column: Sequence[str]) -> Sequence[str]:
    """The same of many: looked at one by one only where one of them might be a formula."""
    return list(map(as_text, column)) if _ANY_FORMULA.search("\n".join(column)) else column


def from_text(cell: str) -> str:
    """The reverse, for a cell that comes back; blanks around it go."""
    text = cell.lstrip()
    guarded = text[:1] == "'" and text[1:].startswith(FORMULA)
    return (text[1:] if guarded else text).strip()
