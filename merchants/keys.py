"""The text of an API key: how it is made, taken apart and compared. No Django, no I/O.

``tg_test_`` or ``tg_live_`` (an acquirer's: ``tg_acquirer_``), 8 characters to look the row up by,
32 secret ones: 190 bits, so a plain SHA-256 digest is enough and a slow password hash would only
cost time (floors: 140 ms).
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"tg_(test|live|acquirer)_([0-9A-Za-z]{8})[0-9A-Za-z]{32}")
_ACQUIRER = "acquirer"


@dataclass(frozen=True, slots=True)
class KeyText:
    """A presented or new key; ``repr`` shows no secret."""

    lookup: str
    livemode: bool
    digest: bytes


def new_key(*, livemode: bool) -> tuple[str, KeyText]:
    """A new key: the text to show once, and what is kept of it."""
    return _new("live" if livemode else "test")


def new_acquirer_key() -> tuple[str, KeyText]:
    """Likewise a key of an acquirer, which is of no mode."""
    return _new(_ACQUIRER)


def parse_key(text: str) -> KeyText | None:
    """What to look up and compare, or None if ``text`` does not look like a merchant's key."""
    match = _SHAPE.fullmatch(text)
    return None if match is None or match[1] == _ACQUIRER else _taken_apart(match)


def parse_acquirer_key(text: str) -> KeyText | None:
    """Likewise for the key of an acquirer."""
    match = _SHAPE.fullmatch(text)
    return None if match is None or match[1] != _ACQUIRER else _taken_apart(match)


def _new(kind: str) -> tuple[str, KeyText]:
    text = f"tg_{kind}_" + "".join(secrets.choice(_ALPHABET) for _ in range(40))
    match = _SHAPE.fullmatch(text)
    assert match is not None  # noqa: S101 - made so in the line above
    return text, _taken_apart(match)


def _taken_apart(match: re.Match[str]) -> KeyText:
    return KeyText(match[2], match[1] == "live", _digest(match[0]))


def is_same(kept: bytes, presented: bytes) -> bool:
    """Compare digests in constant time."""
    return hmac.compare_digest(kept, presented)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
