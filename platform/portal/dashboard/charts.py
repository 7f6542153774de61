"""The charts, as Chart.js reads them: data and options in JSON, drawn by the theme's own script."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.money import Money
from portal.dashboard.question import Question
from portal.selectors.totals import Totals

# Told apart without colour too: by lightness, by dashes, and by the words in the legend.
GOOD, BAD, QUIET, MAIN = "#16a34a", "#dc2626", "#94a3b8", "#2563eb"
Series = dict[int, Totals]


def labels_of(question: Question) -> list[str]:
    """``00`` to ``23``, or the days."""
    step = timedelta(seconds=question.step_seconds)
    begins = [
        (question.since + step * number).astimezone(question.zone)
        for number in range(question.steps)
    ]
    form = "H:i" if step < timedelta(days=1) else "D j"
    return [date_format(begin, form) for begin in begins]


def outcomes(question: Question, series: Series) -> str:
    """Payments by what became of them."""
    parts = (
        (_("Succeeded"), "succeeded", GOOD),
        (_("Failed"), "failed", BAD),
        (_("Canceled"), "canceled", QUIET),
    )
    datasets = [
        {
            "label": label,
            "data": [getattr(part, name) for part in _steps(question, series)],
            "backgroundColor": colour,
            "stack": "payments",
        }
        for label, name, colour in parts
    ]
    return json.dumps({"labels": labels_of(question), "datasets": datasets})


def volume(question: Question, now: Series, before: Series, currency: str) -> str:
    """Money taken, beside the week before; both lines end now, and do not fall to nothing."""

    def amounts(series: Series) -> list[str | None]:
        steps = _steps(question, series)
        decimals = (Money(part.amount_minor, currency).to_decimal() for part in steps)
        return [
            str(each) if at < question.steps_begun else None for at, each in enumerate(decimals)
        ]

    data: list[dict[str, Any]] = [
        {
            "label": _("This time"),
            "data": amounts(now),
            "borderColor": MAIN,
            "backgroundColor": MAIN,
            "tension": 0.2,
        },
        {
            "label": _("A week before"),
            "data": amounts(before),
            "borderColor": QUIET,
            "backgroundColor": QUIET,
            "borderDash": [4, 4],
            "tension": 0.2,
        },
    ]
    return json.dumps({"labels": labels_of(question), "datasets": data})


def options(*, is_stacked: bool, labels: int = 8) -> str:
    """Quiet axes, from zero, and a legend in words; ``labels`` at most stand below."""
    ticks = {"color": "#7c8798", "maxTicksLimit": labels}
    return json.dumps(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "interaction": {"mode": "index", "intersect": False},
            "plugins": {
                "legend": {
                    "align": "end",
                    "labels": {"color": "#7c8798", "boxWidth": 10, "boxHeight": 10},
                }
            },
            "scales": {
                "x": {"stacked": is_stacked, "ticks": ticks, "grid": {"display": False}},
                "y": {
                    "stacked": is_stacked,
                    "beginAtZero": True,
                    "ticks": ticks | {"maxTicksLimit": 5, "precision": 0},
                },
            },
        }
    )


def _steps(question: Question, series: Series) -> Sequence[Totals]:
    return [series.get(number, Totals()) for number in range(question.steps)]
