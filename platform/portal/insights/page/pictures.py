"""Charts and heat maps. Each stands beside a table that says the same in words."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.money import Money
from portal.dashboard import words
from portal.dashboard.charts import GOOD, MAIN, QUIET
from portal.insights.answer import Answer
from portal.insights.page.showing import HIDDEN, word
from portal.insights.report import BASIS

BARS = 12  # of a chart, each with its name below
STEPS = 9  # shades of a heat map, beside none
_HOURS = 24
_MONDAY = date(2024, 1, 1)
_COHORTS, _AGES = 14, 14  # shown; the file has all


def sales_by_day(now: Answer, before: Answer) -> str:
    """Money taken by day, beside as many days before."""
    ask = now.ask
    span = range((ask.until - ask.since).days)

    def series(answer: Answer) -> list[str]:
        found = {row["day"]: row["amount"] for row in answer.report.dictionaries(answer.rows)}
        days = (answer.ask.since + timedelta(days=number) for number in span)
        return [str(_decimal(found.get(day, 0), ask.currency)) for day in days]

    labels = [date_format(ask.since + timedelta(days=number), "j M") for number in span]
    return _chart(
        labels,
        (_("This time"), series(now), MAIN, {"tension": 0.2, "pointRadius": 1}),
        (
            _("Before"),
            series(before),
            QUIET,
            {"tension": 0.2, "pointRadius": 1, "borderDash": [4, 4]},
        ),
    )


def bars(answer: Answer, *, label: str, value: str, title: str, limit: int = BARS) -> str:
    """One bar for each row; what is hidden has none."""
    rows = answer.report.dictionaries(answer.rows)[:limit]
    numbers = [row[value] for row in rows]
    is_money = any(column.name == value and column.kind == "money"
                   for column in answer.report.columns)  # fmt: skip
    shown = [
        str(_decimal(number, answer.ask.currency)) if is_money and number is not None else number
        for number in numbers
    ]
    return _chart([word(str(row[label])) or "-" for row in rows], (title, shown, MAIN, {}))


def new_and_returning(answer: Answer) -> str:
    """Customers of each period, those who came for the first time on top."""
    rows: list[dict[str, Any]] = answer.report.dictionaries(answer.rows)
    labels = [date_format(row["period"], "j M") for row in rows]
    return _chart(
        labels,
        (_("Returning"), [row["returning"] for row in rows], MAIN, {"stack": "customers"}),
        (_("New"), [row["new"] for row in rows], GOOD, {"stack": "customers"}),
    )


def who_bears(answer: Answer, *, limit: int = 12) -> str:
    """What each campaign took off, the acquirer's part on top of the merchants'."""
    rows = answer.report.dictionaries(answer.rows)[:limit]

    def amounts(name: str) -> list[str]:
        return [str(_decimal(row[name], answer.ask.currency)) for row in rows]

    return _chart(
        [str(row["name"]) for row in rows],
        (_("Borne by merchants"), amounts("borne_by_merchants"), MAIN, {"stack": "discount"}),
        (_("Borne by the acquirer"), amounts("borne_by_acquirer"), GOOD, {"stack": "discount"}),
    )


def heat_of_hours(answer: Answer) -> dict[str, Any] | None:
    """Weekday by hour."""
    if not answer.rows:
        return None
    rows = answer.report.dictionaries(answer.rows)
    counts = {(row["weekday"], row["hour"]): int(str(row["payments"])) for row in rows}
    most = max(counts.values())
    return {
        "titles": [f"{hour:02d}" for hour in range(_HOURS)],
        "rows": [
            {
                "title": date_format(_MONDAY + timedelta(days=weekday - 1), "D"),
                "cells": [
                    _cell(words.count(counts[weekday, hour]) if counts[weekday, hour] else "",
                          counts[weekday, hour] / most)
                    for hour in range(_HOURS)
                ],
            }
            for weekday in range(1, 8)
        ],
    }  # fmt: skip


def heat_of_cohorts(answer: Answer) -> dict[str, Any] | None:
    """Cohort by age: the share that came again. Newest first."""
    cohorts: dict[Any, dict[int, Any]] = {}
    for row in answer.report.dictionaries(answer.rows):
        cohorts.setdefault(row["cohort"], {})[int(str(row["age"]))] = row
    if not cohorts:
        return None
    shown = list(cohorts.items())[:_COHORTS]
    ages = min(_AGES, max(age for _cohort, row in shown for age in row) + 1)
    return {
        "titles": [_("Customers"), *(f"+{age}" for age in range(1, ages))],
        "rows": [
            {
                "title": date_format(cohort, "Y-m-d"),
                "cells": [
                    {"text": words.count(row[0]["customers"]), "shade": 0},
                    *(_came_again(row.get(age)) for age in range(1, ages)),
                ],
            }
            for cohort, row in shown
        ],
    }


def _came_again(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"text": "", "shade": 0}
    if row["share"] is None:
        return {"text": HIDDEN, "shade": 0}
    rate = row["share"] / BASIS
    return _cell(f"{rate * 100:.0f}%", rate)


def _cell(text: str, rate: float) -> dict[str, Any]:
    return {"text": text, "shade": min(STEPS, -(-int(rate * 1000) * STEPS // 1000))}


def _decimal(minor: Any, currency: str) -> Any:
    return Money(int(str(minor)), currency).to_decimal() if currency else 0


def _chart(labels: list[str], *series: tuple[str, Iterable[Any], str, dict[str, Any]]) -> str:
    datasets = [
        {"label": title, "data": list(data), "backgroundColor": colour, "borderColor": colour}
        | options
        for title, data, colour, options in series
    ]
    return json.dumps({"labels": labels, "datasets": datasets})
