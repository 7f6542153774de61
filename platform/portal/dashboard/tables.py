"""The tables of the page: by currency, by reason, by merchant."""

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from merchants.models import Merchant
from portal.dashboard import words
from portal.dashboard.lists import payments_that
from portal.dashboard.question import Question
from portal.measures import FailureGroup
from portal.models import HourFigures
from portal.selectors.totals import Totals

TOP_LIMIT = 8
ByCurrency = dict[str, dict[int, Totals]]


def sum_of(found: ByCurrency) -> Totals:
    """All of it. Amounts of two currencies are added too: read counts and times only."""
    total = Totals()
    for series in found.values():
        for part in series.values():
            total.add(part)
    return total


def list_currencies(now: ByCurrency, before: ByCurrency) -> list[dict[str, str]]:
    """One line for each currency, beside the week before."""
    lines = []
    for currency in sorted({*now, *before}):
        total = sum_of({currency: now.get(currency, {})})
        past = sum_of({currency: before.get(currency, {})})
        mean = total.amount_minor // total.succeeded if total.succeeded else 0
        lines.append(
            {
                "taken": words.money(total.amount_minor, currency),
                "change": words.change(total.amount_minor, past.amount_minor),
                "refunded": words.money(total.refunded_minor, currency),
                "mean": words.money(mean, currency),
                "payments": words.count(total.succeeded),
            }
        )
    return lines


def list_reasons(question: Question, total: Totals) -> list[dict[str, Any]]:
    """Why payments came to nothing, most frequent first; each leads to its payments."""
    names = {
        FailureGroup.CODE_READ: _("Payment code not readable or expired"),
        FailureGroup.FUNDS: _("Not enough money, or above a limit"),
        FailureGroup.PAYER: _("Customer did not confirm"),
        FailureGroup.DECLINED: _("Declined by Alipay"),
        FailureGroup.SET_UP: _("Set-up or contract"),
        FailureGroup.SCHEME: _("Alipay did not answer"),
        FailureGroup.MERCHANT: _("Stopped at the till"),
        FailureGroup.OTHER: _("Other"),
    }
    groups = total.by_group()
    most = max(groups.values(), default=1)
    return [
        {
            "name": names[group],
            "count": words.count(count),
            "part": round(count * 100 / most),
            "link": payments_that(question, group),
        }
        for group, count in groups.items()
    ]


def list_top(question: Question) -> list[dict[str, Any]]:
    """The merchants with most payments; each leads to its own figures."""
    place = question.place
    rows = HourFigures.objects.filter(
        livemode=place.livemode, since__gte=question.since, since__lt=question.until
    )
    if place.acquirer_id is not None:
        rows = rows.filter(acquirer_id=place.acquirer_id)
    if place.merchant_id is not None:
        rows = rows.filter(merchant_id=place.merchant_id)
    summed = rows.values("merchant_id").annotate(
        tried=Sum("tried"), good=Sum("succeeded"), failed=Sum("failed"), canceled=Sum("canceled")
    )
    found = list(summed.order_by("-tried", "merchant_id")[:TOP_LIMIT])
    merchants = Merchant.objects.in_bulk([row["merchant_id"] for row in found])
    return [
        {
            "merchant": merchants[row["merchant_id"]],
            "link": question.link(merchant=merchants[row["merchant_id"]].public_id),
            "payments": words.count(row["tried"]),
            "rate": words.share(_rate(row["good"], row["failed"], row["canceled"])),
        }
        for row in found
    ]


def _rate(good: int, failed: int, canceled: int) -> float | None:
    ended = good + failed + canceled
    return good / ended if ended else None
