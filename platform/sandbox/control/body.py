"""Reads what a caller sent, and says in a sentence what is wrong with it."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from flask import request


class BadRequest(ValueError):
    """What is wrong with the request, in a sentence; HTTP 400."""


class NotFound(LookupError):
    """There is no such thing; HTTP 404."""


def body(*known: str) -> dict[str, Any]:
    """The JSON object that was sent; without a body, an empty one."""
    sent = request.get_json(force=True, silent=True)
    if sent is None and not request.get_data():
        sent = {}
    if not isinstance(sent, dict):
        raise BadRequest("the body is one JSON object")
    unknown = sorted(set(sent) - set(known))
    if unknown:
        raise BadRequest(f"no such field: {', '.join(unknown)}; there are {', '.join(known)}")
    return sent


def text(sent: dict[str, Any], name: str, *, longest: int) -> str | None:
    """A text, or None where there is none."""
    value = sent.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise BadRequest(f"{name} is a text of 1 to {longest} characters")
    return value


def one_of(sent: dict[str, Any], name: str, choices: Sequence[str], default: str | None) -> str:
    """One of a few words."""
    value = sent.get(name, default)
    if value not in choices:
        raise BadRequest(f"{name} is one of {', '.join(choices)}")
    return str(value)


def yes_or_no(sent: dict[str, Any], name: str, *, default: bool) -> bool:
    """A JSON boolean."""
    value = sent.get(name, default)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} is true or false")
    return value


def whole(sent: dict[str, Any], name: str, default: int | None, low: int, high: int) -> int | None:
    """A whole number from ``low`` to ``high``."""
    value = sent.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadRequest(f"{name} is a whole number from {low} to {high}")
    return value


def number(
    sent: dict[str, Any], name: str, default: float | None, low: float, high: float
) -> float | None:
    """A number from ``low`` to ``high``."""
    value = sent.get(name)
    if value is None:
        return default
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not low <= value <= high:
        raise BadRequest(f"{name} is a number from {low:g} to {high:g}")
    return float(value)


def asked_whole(name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query string."""
    asked = request.args.get(name)
    if asked is None:
        return default
    is_whole = asked.isascii() and asked.isdigit() and len(asked) <= 12
    if not is_whole or not low <= int(asked) <= high:
        raise BadRequest(f"{name} is a whole number from {low} to {high}")
    return int(asked)


def moment(value: object, name: str) -> datetime:
    """RFC 3339 with its zone, as UTC."""
    try:
        read = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        read = datetime.min  # noqa: DTZ901 - refused on the next line, as it has no zone
    if read.tzinfo is None or not 2000 <= read.year <= 2100:
        raise BadRequest(f"{name} is RFC 3339 with a zone, such as 2026-11-23T23:59:30+08:00")
    return read.astimezone(UTC)


def day(value: str) -> date:
    """``YYYY-MM-DD``."""
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a date
    except ValueError:
        raise BadRequest("day is YYYY-MM-DD, a day in Beijing") from None


def shown_time(at: float) -> str:
    """Epoch seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat()
