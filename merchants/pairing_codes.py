"""The text of a pairing code: how it is made, read back and digested. No Django models, no I/O.

8 characters of 30 that nobody confuses when reading aloud (39 bits). A code lives for minutes and
its tries are limited; the digest is keyed, so that a copy of the table gives no code away.
"""

import secrets
from datetime import timedelta

from django.utils.crypto import salted_hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O, 1 I L, and U
LENGTH = 8
LIFETIME = timedelta(minutes=10)


def new_code() -> str:
    """Eight characters, to be shown once."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def show_code(code: str) -> str:
    """In two halves, as a person reads it: ``ABCD-2345``."""
    return f"{code[:4]}-{code[4:]}"


def read_code(text: str) -> str | None:
    """What was typed, without spaces and hyphens and in capitals; None if it can be no code."""
    code = text.replace("-", "").replace(" ", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def digest_code(code: str) -> bytes:
    """What is kept of a code."""
    return salted_hmac("merchants.pairing", code, algorithm="sha256").digest()
