"""How money, moments and statuses are shown to people; pages use these and nothing of their own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kernel.money import Money

_GOOD = frozenset(
    {
        "succeeded",
        "active",
        "enabled",
        "registered",
        "approved",
        "mended",
        "resolved",
        "done",
        "booked",
        "accepted",
        "loaded",
        "taken",
        "issued",
    }
)
_BAD = frozenset(
    {
        "failed",
        "refused",
        "suspended",
        "forged",
        "unsent",
        "disabled",
        "faulty",
        "rejected",
        "returned",
        "stopped",
    }
)
_WAITING = frozenset(
    {"processing", "pending", "open", "waiting", "canceling", "reversing", "taking_back", "issuing"}
)


def show_moment(moment: datetime | None) -> str | None:
    """To the second in the person's time zone, which is named: ``2026-11-22 22:30:05 HKT``."""
    if moment is None:
        return None
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}"


def show_money(amount: Money | None) -> SafeString | None:
    """``HKD 120.50``, with digits of one width so that a column of them can be read."""
    if amount is None:
        return None
    return format_html('<span class="tg-money">{}</span>', str(amount))


def show_status(word: str, label: str = "") -> SafeString:
    """A label whose colour repeats what its text says."""
    tone = next((name for words, name in _TONES if word in words), "")
    text = gettext(label or word.replace("_", " "))
    return format_html('<span class="tg-pill {}">{}</span>', tone, text)


_TONES = ((_GOOD, "tg-good"), (_BAD, "tg-bad"), (_WAITING, "tg-wait"))


def money_of(column: str, title: str, currency: str = "currency") -> Callable[[Any, Any], Any]:
    """A field of an admin page: the minor units of ``column`` as money."""

    @admin.display(description=title)
    def shown(page: Any, row: Any) -> SafeString | None:
        minor = getattr(row, column)
        return None if minor is None else show_money(Money(minor, getattr(row, currency)))

    return shown


@admin.display(description="mode")
def mode_of(page: Any, row: Any) -> str:
    """A field of an admin page: whether the row is of live or of test money."""
    return gettext("live") if row.livemode else gettext("test")


def status_column(field: Any) -> Callable[[Any], SafeString]:
    """A column of lists: the status of a row as a label."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def shown(row: Any) -> SafeString:
        label = getattr(row, f"get_{field.name}_display", lambda: "")()
        return show_status(str(getattr(row, field.name)), str(label))

    return shown
