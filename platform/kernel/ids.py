"""Ids: time-ordered UUIDs (version 7) inside, TypeIDs such as ``pay_01j…`` outside.

A TypeID is a prefix that says what the thing is, an underscore, and the UUID in 26 base-32
characters, so ids sort by time in the database and in a listing alike.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from typing import LiteralString
from uuid import UUID

from typeid import TypeID
from typeid.errors import TypeIDException

from kernel import clock

_random_bits: Callable[[int], int] = secrets.randbits

# The library takes five times as long, and lists and files are full of ids; a test compares.
TEN_BITS = ["".join(pair) for pair in product("0123456789abcdefghjkmnpqrstvwxyz", repeat=2)]
_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


class InvalidId(ValueError):
    """The text is not an id of the expected kind."""


def new_uuid() -> UUID:
    """A new UUIDv7: 48 bits of milliseconds, 12 bits of microseconds, 62 random bits.

    The sub-millisecond bits keep ids of one process in order within a millisecond (RFC 9562 §6.2,
    method 3).
    """
    micros = int(clock.now().timestamp() * 1_000_000)
    millis, rest = divmod(micros, 1000)
    return UUID(
        int=(millis << 80)
        | _VERSION_7
        | ((rest * 4096 // 1000) << 64)
        | _VARIANT_RFC
        | _random_bits(62)
    )


def beside(other: LiteralString) -> LiteralString:
    """SQL of a new id with the moment of the id that ``other`` (a column, a parameter) has: the
    two sort together. Each row has its own: 62 bits are drawn by the database."""
    return f"(left({other}::text, 18) || right(gen_random_uuid()::text, 18))::uuid"


def first_uuid_at(moment: datetime) -> UUID:
    """The smallest id that can be made at ``moment``: ids from then on are not below it."""
    millis = int(moment.timestamp() * 1000)
    return UUID(int=(millis << 80) | _VERSION_7 | _VARIANT_RFC)


def moment_of(value: UUID) -> datetime:
    """When an id was made, to the millisecond."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)


def encode(prefix: str, value: UUID) -> str:
    """``encode("pay", uuid)`` → ``"pay_01j…"``."""
    number, ten = value.int, TEN_BITS
    high, low = number >> 60, number & (1 << 60) - 1  # small numbers are shifted faster
    return (
        f"{prefix}_{ten[high >> 60]}{ten[high >> 50 & 1023]}{ten[high >> 40 & 1023]}"
        f"{ten[high >> 30 & 1023]}{ten[high >> 20 & 1023]}{ten[high >> 10 & 1023]}"
        f"{ten[high & 1023]}{ten[low >> 50]}{ten[low >> 40 & 1023]}{ten[low >> 30 & 1023]}"
        f"{ten[low >> 20 & 1023]}{ten[low >> 10 & 1023]}{ten[low & 1023]}"
    )


def decode(prefix: str, text: object) -> UUID:
    """The UUID inside ``text``; raises InvalidId unless ``text`` is a well-formed ``prefix`` id."""
    if not isinstance(text, str):  # what a caller sent may be anything
        raise InvalidId(f"An id is a string, not {type(text).__name__}")
    try:
        parsed = TypeID.from_string(text)
    except (TypeIDException, ValueError, TypeError) as error:
        raise InvalidId(f"{text!r} is not a {prefix}_… id") from error
    if parsed.prefix != prefix:
        raise InvalidId(f"{text!r} is not a {prefix}_… id")
    return UUID(str(parsed.uuid))


@contextmanager
def using_random_bits(source: Callable[[int], int]) -> Iterator[None]:
    """Draw the random part of new ids from ``source(bits)`` until the block ends."""
    global _random_bits
    previous, _random_bits = _random_bits, source
    try:
        yield
    finally:
        _random_bits = previous
