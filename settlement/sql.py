"""What PostgreSQL works out by itself, so that a million rows need no line of Python.

Each gives what kernel.ids, kernel.money and kernel.cells give, and a test compares them.
"""

from typing import LiteralString

from kernel.cells import FORMULA
from kernel.currencies import MINOR_DIGITS
from kernel.ids import TEN_BITS

_PAIRS = "".join(TEN_BITS).encode().hex()
_TWO = "substring('\\x{pairs}'::bytea from 1 + 2 * ({ten_bits}) for 2)"
_FORMULA = ", ".join(str(ord(begin)) for begin in FORMULA)


def public_id(prefix: str, sent: str) -> str:
    """``kernel.ids.encode`` of a UUID's sixteen bytes (its ``uuid_send``); NULL for NULL."""
    pairs = " || ".join(_TWO.format(pairs=_PAIRS, ten_bits=bits) for bits in _ten_bits(sent))
    return f"'{prefix}_' || encode({pairs}, 'escape')"


def _ten_bits(sent: str) -> list[str]:
    """The 128 bits, with two zeros before them, as thirteen numbers of ten bits."""
    byte = [f"get_byte({sent}, {at})" for at in range(16)]
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


def unit(currency: str) -> str:
    """A minor unit of ``currency`` in major ones: 0.01, and 1 or 0.001 where there are others."""
    codes: dict[int, list[str]] = {}
    for code, digits in MINOR_DIGITS.items():
        codes.setdefault(digits, []).append(code)
    usual_first = sorted(codes, key=lambda digits: -len(codes[digits]))
    cases = " ".join(
        f"WHEN {currency} = ANY ('{{{','.join(codes[digits])}}}'::text[]) THEN {_one(digits)}"
        for digits in usual_first
    )
    return f"CASE {cases} END"


def _one(digits: int) -> str:
    return f"0.{'0' * (digits - 1)}1" if digits else "1::numeric"


def major(minor: str, unit: str) -> str:
    """``minor`` units in major ones; NULL for NULL.

    A product has as many decimals as its factors: 12050 * 0.01 is 120.50.
    """
    return f"(({minor}) * {unit})::text"


def moment(column: str) -> str:
    """``kernel.clock.show_time``: RFC 3339 in UTC, cut after the milliseconds; NULL for NULL."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


def text(column: str) -> str:
    """A text that no spreadsheet calculates; NULL for an empty one, which CSV writes as nothing."""
    return (
        f"CASE WHEN ascii({column}) IN ({_FORMULA}) THEN '''' || {column} "
        f"WHEN {column} <> '' THEN {column} END"
    )


def business_day(
    moment: LiteralString, zone: LiteralString, cut_off: LiteralString
) -> LiteralString:
    """The business day to which ``moment`` belongs, as settlement.days.CutOff says it: a time that
    comes twice means its second coming, midnight too."""
    wall = f"({moment} AT TIME ZONE {zone})::date"
    return f"""({wall}
 + ({cut_off} > '00:00' AND {moment} >= ({wall} + {cut_off}) AT TIME ZONE {zone})::int
 - ({cut_off} = '00:00' AND {moment} < {wall}::timestamp AT TIME ZONE {zone})::int)"""
