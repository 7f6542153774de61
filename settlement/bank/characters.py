"""What may stand in a payment file's texts: the Latin set that banks pass on to each other.

Letters, digits, space and ``/ - ? : ( ) . , ' +``; no ``/`` at either end, no ``//``. Source:
settlement-conventions §5 (SWIFT's set X, the EPC's for SEPA).
"""

import re

from anyascii import anyascii

_NOT_LATIN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SPACES = re.compile(r" {2,}")
_SLASHES = re.compile(r"/{2,}")


def to_latin(text: str, limit: int) -> str:
    """``text`` in the Latin set, at most ``limit`` characters: ``Café 蓮`` is ``Cafe Lian``.

    Empty where nothing of it can be written.
    """
    plain = _NOT_LATIN.sub(" ", anyascii(text.replace("&", "+")))
    plain = _SLASHES.sub("/", _SPACES.sub(" ", plain))
    return plain[: limit + 1].strip(" /-:")[:limit].rstrip(" /")


def as_written(text: str, limit: int) -> str:
    """``text`` as it is, without control characters, at most ``limit`` characters."""
    return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()[:limit].rstrip()
