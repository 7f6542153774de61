"""Fills the console's first page (the theme's DASHBOARD_CALLBACK) from sums, not from payments."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from merchants.models import Merchant
from portal.dashboard import cards, charts
from portal.dashboard.first_steps import list_steps
from portal.dashboard.question import PERIODS, Question, read_question
from portal.dashboard.tables import ByCurrency, list_currencies, list_reasons, list_top, sum_of
from portal.dashboard.waiting import list_waiting
from portal.selectors.totals import Totals, read_totals
from tenancy.models import Acquirer
from tenancy.owned_admin import is_operator

MERCHANTS_LIMIT = 200  # in the filter; the others are found by their page


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context with everything that portal/dashboard.html shows; without the right to see
    payments, with nothing."""
    if not request.user.has_perm("payments.view_payment"):
        return context
    question = read_question(request)
    step = question.step_seconds
    now = read_totals(question.place, question.since, question.until, step_seconds=step)
    before = read_totals(question.place, *question.before, step_seconds=step)
    total, past = sum_of(now), sum_of(before)
    context |= {
        "title": _("Overview"),
        "question": question,
        "now": date_format(clock.now().astimezone(question.zone), "D j M, H:i"),
        "modes": _modes(question),
        "periods": _periods(question),
        "merchants": Merchant.objects.order_by("display_name")[:MERCHANTS_LIMIT],
        "acquirers": Acquirer.objects.order_by("name") if is_operator(request) else (),
        "sales": list(cards.sales(question, total, past)),
        "open_now": list(cards.open_now(request, question)),
        "waiting": list_waiting(request, question),
        "currencies": list_currencies(now, before),
        "reasons": list_reasons(question, total),
        "outcomes": charts.outcomes(question, _all_currencies(now)),
        "outcome_options": charts.options(is_stacked=True),
    }
    if now or before:
        return context | _volume(question, now, before) | {"top": list_top(question)}
    return context | {"steps": list_steps(request, question)}


def _all_currencies(found: ByCurrency) -> dict[int, Totals]:
    merged: dict[int, Totals] = {}
    for series in found.values():
        for number, part in series.items():
            merged.setdefault(number, Totals()).add(part)
    return merged


def _volume(question: Question, now: ByCurrency, before: ByCurrency) -> dict[str, Any]:
    """Of the currency in which most payments were made: amounts of two are never added."""
    tried = {c: sum(part.tried for part in (now | before)[c].values()) for c in {*now, *before}}
    currency = max(sorted(tried), key=lambda name: tried[name])
    data = charts.volume(question, now.get(currency, {}), before.get(currency, {}), currency)
    return {
        "volume": data,
        "volume_currency": currency,
        "volume_options": charts.options(is_stacked=False),
    }


def _modes(question: Question) -> list[dict[str, Any]]:
    live = question.place.livemode
    return [
        {"title": _("Live"), "link": question.link(mode="live"), "active": live},
        {"title": _("Test"), "link": question.link(mode="test"), "active": not live},
    ]


def _periods(question: Question) -> list[dict[str, Any]]:
    titles = {"today": _("Today"), "yesterday": _("Yesterday"), "7d": _("7 days")}
    return [
        {
            "title": titles[period],
            "link": question.link(period=period),
            "active": period == question.period,
        }
        for period in PERIODS
    ]
