"""The text of an API key: how it is made, taken apart and compared. No Django, no I/O.

``tg_test_`` or ``tg_live_``, 8 characters to look the row up by, 32 secret ones: 190 bits, so a
plain SHA-256 digest is enough and a slow password hash would only cost time (floors: 140 ms).
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"tg_(test|live)_([0-9A-Za-z]{8})[0-9A-Za-z]{32}")


@dataclass(frozen=True, slots=True)
class KeyText:
    """A presented or new key; ``repr`` shows no secret."""

    lookup: str
    livemode: bool
    digest: bytes


def new_key(*, livemode: bool) -> tuple[str, KeyText]:
    """A new key: the text to show once, and what is kept of it."""
    mode = "live" if livemode else "test"
    text = f"tg_{mode}_" + "".join(secrets.choice(_ALPHABET) for _ in range(40))
    return text, KeyText(text[8:16], livemode, _digest(text))


def parse_key(text: str) -> KeyText | None:
    """What to look up and compare, or None if ``text`` does not look like a key."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    return KeyText(match[2], match[1] == "live", _digest(text))


def is_same(kept: bytes, presented: bytes) -> bool:
    """Compare digests in constant time."""
    return hmac.compare_digest(kept, presented)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
