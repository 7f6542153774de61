"""Cells that PostgreSQL writes by itself, so that a million rows need no line of Python.

Each gives what kernel.ids, kernel.money and kernel.cells give, and a test compares them.
"""

from kernel.currencies import MINOR_DIGITS
from kernel.ids import TEN_BITS

_PAIRS = "".join(TEN_BITS).encode().hex()
_TWO = "substring('\\x{pairs}'::bytea from 1 + 2 * ({ten_bits}) for 2)"
_BYTE = "get_byte(uuid_send({uuid}), {at})"
_FORMULA = r"""('=', '+', '-', '@', E'\t', E'\r')"""


def public_id(prefix: str, uuid: str) -> str:
    """``kernel.ids.encode`` of the column ``uuid``; NULL for NULL."""
    pairs = " || ".join(_TWO.format(pairs=_PAIRS, ten_bits=bits) for bits in _ten_bits(uuid))
    return f"'{prefix}_' || encode({pairs}, 'escape')"


def _ten_bits(uuid: str) -> list[str]:
    """The 128 bits, with two zeros before them, as thirteen numbers of ten bits."""
    byte = [_BYTE.format(uuid=uuid, at=at) for at in range(16)]
    numbers = [byte[0]]
    for at in (1, 6, 11):  # forty bits are five bytes and four numbers
        b = byte[at : at + 5]
        numbers += [
            f"({b[0]} << 2) | ({b[1]} >> 6)",
            f"(({b[1]} & 63) << 4) | ({b[2]} >> 4)",
            f"(({b[2]} & 15) << 6) | ({b[3]} >> 2)",
            f"(({b[3]} & 3) << 8) | {b[4]}",
        ]
    return numbers


def major(minor: str, currency: str) -> str:
    """``minor`` units in major ones, with the decimals of ``currency``; NULL for NULL."""
    codes: dict[int, list[str]] = {}
    for code, digits in MINOR_DIGITS.items():
        codes.setdefault(digits, []).append(code)
    cases = [
        f"WHEN {currency} = ANY ('{{{','.join(codes[digits])}}}'::text[]) "
        f"THEN ({minor})::numeric{_unit(digits)}"
        for digits in sorted(codes)
        if digits != 2
    ]
    return f"(CASE {' '.join(cases)} ELSE ({minor})::numeric{_unit(2)} END)::text"


def _unit(digits: int) -> str:
    """A product has as many decimals as its factors: 12050 * 0.01 is 120.50."""
    return f" * 0.{'0' * (digits - 1)}1" if digits else ""


def text(column: str) -> str:
    """A text that no spreadsheet calculates; NULL for an empty one, which CSV writes as nothing."""
    return (
        f"NULLIF(CASE WHEN left({column}, 1) IN {_FORMULA} THEN '''' || {column} "
        f"ELSE {column} END, '')"
    )
