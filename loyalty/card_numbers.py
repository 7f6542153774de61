"""A member's card number: 18 digits that nobody guesses, the last a check digit. No Django, no I/O.

It begins with 9, so that a till which scans one thing or the other never takes it for a wallet's
payment code (25 to 30). 16 random digits between: of a million members one in ten thousand million
guesses is a card.
"""

import re
import secrets

from stdnum import luhn

_RANDOM_DIGITS = 16
_SHAPE = re.compile(r"9[0-9]{17}", re.ASCII)


def new_card_number() -> str:
    """A new number; whether it is taken is for the database to say."""
    body = "9" + "".join(secrets.choice("0123456789") for _ in range(_RANDOM_DIGITS))
    return str(body + luhn.calc_check_digit(body))


def read_card_number(text: str) -> str | None:
    """What was typed or scanned, without spaces and hyphens; None if it can be no card."""
    number = text.replace(" ", "").replace("-", "")
    return number if _SHAPE.fullmatch(number) and luhn.is_valid(number) else None


def show_card_number(number: str) -> str:
    """As a person reads it out: ``9012 3456 7890 1234 56``."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
