"""Reports as people read them: titles, amounts with their currency, our words explained."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.dashboard import words
from portal.insights.answer import Answer
from portal.insights.report import BASIS, Column, Kind, Value

# Our words -> what they are called, and what they mean.
WORDS: dict[str, tuple[str, str]] = {
    "new": (gettext_noop("New"), gettext_noop("first visit in the last 30 days, on one day")),
    "champion": (
        gettext_noop("Champions"),
        gettext_noop("here lately, come often, spend much"),
    ),
    "loyal": (gettext_noop("Loyal"), gettext_noop("come often")),
    "big_spender": (gettext_noop("Big spenders"), gettext_noop("spend most, not often")),
    "promising": (gettext_noop("Promising"), gettext_noop("here lately, not often yet")),
    "cooling": (gettext_noop("Cooling"), gettext_noop("not here for a while")),
    "cannot_lose": (
        gettext_noop("Not to be lost"),
        gettext_noop("among the best, and have stayed away"),
    ),
    "at_risk": (gettext_noop("At risk"), gettext_noop("came often, and have stayed away")),
    "lost": (gettext_noop("Lost"), gettext_noop("came seldom, long ago")),
    "on_time": (gettext_noop("On time"), gettext_noop("within their usual interval")),
    "late": (gettext_noop("Late"), gettext_noop("up to twice their interval")),
    "overdue": (gettext_noop("Overdue"), gettext_noop("up to four times their interval")),
    "gone": (gettext_noop("Gone"), gettext_noop("longer than that")),
    "unknown": (gettext_noop("Not known"), gettext_noop("nobody has come twice yet")),
    "star": (gettext_noop("Star"), gettext_noop("high margin, sells often")),
    "offer_more": (gettext_noop("Offer more"), gettext_noop("high margin, sells seldom")),
    "check_price": (gettext_noop("Check the price"), gettext_noop("low margin, sells often")),
}
DASH = "–"  # noqa: RUF001 - a dash
HIDDEN = "·"


def word(name: str) -> str:
    """What one of our words is called."""
    return _(WORDS[name][0]) if name in WORDS else name


def show(value: Value, column: Column, currency: str) -> str:
    """One cell."""
    if value is None:
        return HIDDEN if column.name in {"customers", "new", "returning"} else DASH
    if column.kind is Kind.MONEY:
        return words.money(int(str(value)), currency)
    if column.kind is Kind.SHARE:
        return words.share(int(str(value)) / BASIS)
    if column.kind is Kind.DAY and isinstance(value, date):
        return date_format(value, "Y-m-d")
    if column.kind is Kind.WORD:
        return word(str(value))
    return words.count(value) if isinstance(value, int) else str(value) or DASH


def show_table(answer: Answer, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Titles and rows of text; a word of ours with its meaning below it."""
    columns = [
        (place, column)
        for place, column in enumerate(answer.report.columns)
        if column.name not in without
    ]
    return {
        "titles": [
            (_(column.title), column.kind in {Kind.NUMBER, Kind.MONEY, Kind.SHARE})
            for _place, column in columns
        ],
        "rows": [
            [
                {
                    "text": show(row[place], column, answer.ask.currency),
                    "note": _(WORDS[str(row[place])][1]) if str(row[place]) in WORDS
                    and column.kind is Kind.WORD else "",
                    "is_number": column.kind in {Kind.NUMBER, Kind.MONEY, Kind.SHARE},
                }
                for place, column in columns
            ]
            for row in answer.rows
        ],
    }  # fmt: skip
