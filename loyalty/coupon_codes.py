"""Coupon codes: unique ones that nobody guesses, and shared ones that people remember.

A unique code has 12 characters of an alphabet without look-alikes (no 0, O, 1, I, L, U): eleven
at random, 54 bits, and a check character (ISO 7064, hybrid, modulo 31 and 30) that finds every
single wrong character and nearly every swap of neighbours. Of a million codes one in ten thousand
million guesses is a coupon, and guesses are counted. A shared code is a word that staff choose.
"""

import re
import secrets

from stdnum.iso7064 import mod_37_36

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_UNIQUE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}", re.ASCII)
_SHARED = re.compile(r"[A-Z0-9]{4,32}", re.ASCII)


def new_code() -> str:
    """A new unique code; whether it is taken is for the database to say."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + str(mod_37_36.calc_check_digit(body, ALPHABET))


def read_code(text: str) -> str | None:
    """What was typed or scanned, as it is kept: capitals, no spaces or hyphens.

    None if it can be no code.
    """
    code = text.strip().replace(" ", "").replace("-", "").upper()
    return code if _SHARED.fullmatch(code) else None


def is_unique_code(code: str) -> bool:
    """Whether it is a unique code without a mistake."""
    return _UNIQUE.fullmatch(code) is not None and bool(mod_37_36.is_valid(code, ALPHABET))


def looks_mistyped(code: str) -> bool:
    """Whether it has the shape of a unique code, and a mistake."""
    return _UNIQUE.fullmatch(code) is not None and not is_unique_code(code)


def show_code(code: str) -> str:
    """As a person reads it out: ``K7QM-2XPA-9TCD``; a shared one as it is."""
    if not is_unique_code(code):
        return code
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
