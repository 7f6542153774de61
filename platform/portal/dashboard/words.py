"""How figures are written for people: amounts, shares, times, differences."""

from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kernel.money import Money

_MINUTE, _HOUR = 60, 3600
_SECOND_MS = 1000
_DAY_HOURS = 24


def count(number: int, *, limit: int | None = None) -> str:
    """``12,345``; ``1,000+`` where counting has stopped at a limit."""
    text = number_format(number, use_l10n=True, force_grouping=True)
    return f"{text}+" if limit is not None and number >= limit else text


def money(minor: int, currency: str) -> str:
    """``HKD 12,345.60``."""
    amount = Money(minor, currency).to_decimal()
    return f"{currency} {number_format(amount, use_l10n=True, force_grouping=True)}"


def share(rate: float | None) -> str:
    """``98.2%``; a dash where there is nothing to share."""
    return "–" if rate is None else f"{rate * 100:.1f}%"  # noqa: RUF001 - a dash


def milliseconds(value: int | None) -> str:
    """``340 ms``, ``2.4 s``."""
    if value is None:
        return "–"  # noqa: RUF001 - a dash
    return f"{value} ms" if value < _SECOND_MS else f"{value / _SECOND_MS:.1f} s"


def age(length: timedelta) -> str:
    """``42 s``, ``7 min``, ``3 h``, ``12 d``."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    hours = seconds // _HOUR
    return f"{hours} h" if hours < 2 * _DAY_HOURS else f"{hours // _DAY_HOURS} d"


def change(now: float | None, before: float | None) -> str:
    """``+12%`` against the week before; "" where there is nothing to compare with."""
    if not before or now is None:
        return ""
    percent = round((now - before) / before * 100)
    return _("%(change)s on last week") % {"change": f"{percent:+d}%" if percent else "±0%"}


def points(now: float | None, before: float | None) -> str:
    """A difference of two shares, in percentage points."""
    if now is None or before is None:
        return ""
    difference = round((now - before) * 100, 1)
    return _("%(change)s points on last week") % {
        "change": f"{difference:+.1f}" if difference else "±0"
    }
