"""What stands on each page of the data portal: reports, each with its picture and its table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.dashboard import charts, words
from portal.dashboard.cards import Card
from portal.insights.answer import Answer, answer
from portal.insights.page import pictures
from portal.insights.page.question import Question
from portal.insights.page.showing import show_table
from portal.insights.report import BASIS, mean, share
from portal.insights.reports import REPORTS


@dataclass(frozen=True, slots=True)
class Section:
    """``chart`` is Chart.js's data, of the type ``kind``; ``heat`` a table of shades; ``table`` is
    folded away where the picture has the same words."""

    answer: Answer
    note: str = ""
    chart: str = ""
    kind: str = "bar"
    heat: dict[str, Any] | None = None
    table: dict[str, Any] | None = None
    is_folded: bool = False
    is_wide: bool = False

    @property
    def title(self) -> str:
        return _(self.answer.report.title)

    @property
    def options(self) -> str:
        return charts.options(is_stacked="stack" in self.chart, labels=pictures.BARS)


def list_sections(question: Question) -> list[Section]:
    """Of the page that is asked for."""
    pages: dict[str, Callable[[Question], Iterator[Section]]] = {
        "sales": _sales,
        "customers": _customers,
        "baskets": _baskets,
        "campaigns": _campaigns,
    }
    return list(pages[question.view](question))


def _read(name: str, question: Question) -> Answer:
    return answer(REPORTS[name], question.ask)


def _sales(question: Question) -> Iterator[Section]:
    now = _read("sales", question)
    before = answer(REPORTS["sales"], question.before)
    yield Section(
        now,
        note=_("Beside as many days before. What was given back counts on the day of the sale."),
        chart=pictures.sales_by_day(now, before),
        kind="line",
        table=show_table(now),
        is_folded=True,
        is_wide=True,
    )
    hours = _read("hours", question)
    yield Section(hours, note=_("Payments."), heat=pictures.heat_of_hours(hours), is_wide=True)
    places = _read("places", question)
    yield Section(
        places,
        table=show_table(
            places,
            without=("place", "discount", "refunded_payments", "known_payments",
                     "units_per_basket"),
        ),
        is_wide=True,
    )  # fmt: skip
    wallets = _read("wallets", question)
    yield Section(
        wallets,
        chart=pictures.bars(wallets, label="wallet", value="payments", title=_("Payments")),
        table=show_table(wallets),
        is_wide=True,
    )


def _customers(question: Question) -> Iterator[Section]:
    personas = _read("personas", question)
    yield Section(
        personas,
        note=_("By how lately, how often and for how much they bought in the last 365 days."),
        chart=pictures.bars(personas, label="persona", value="customers", title=_("Customers")),
        table=show_table(personas, without=("visits", "net_year")),
        is_wide=True,
    )
    risks = _read("risks", question)
    yield Section(
        risks,
        note=_("Time since the last visit, against the customer's own interval between visits."),
        chart=pictures.bars(risks, label="risk", value="net", title=_("Brought so far")),
        table=show_table(risks, without=("visits", "net_year")),
        is_wide=True,
    )
    returning = _read("returning", question)
    yield Section(
        returning,
        chart=pictures.new_and_returning(returning),
        table=show_table(returning),
        is_folded=True,
        is_wide=True,
    )
    cohorts = _read("cohorts", question)
    yield Section(
        cohorts,
        note=_("Of the customers who came first in a period, how many came again so much later."),
        heat=pictures.heat_of_cohorts(cohorts),
        table=show_table(cohorts),
        is_folded=True,
        is_wide=True,
    )


def _baskets(question: Question) -> Iterator[Section]:
    categories = _read("categories", question)
    yield Section(
        categories,
        note=_("Before discounts and refunds. A margin is of lines whose cost is known."),
        chart=pictures.bars(categories, label="category", value="amount", title=_("Amount")),
        table=show_table(categories),
        is_wide=True,
    )
    goods = _read("goods", question)
    note = _("Against the median of the merchant's own goods.")
    yield Section(
        goods,
        note=_("Choose a merchant: goods are its own.") if question.merchant is None else note,
        table=show_table(goods),
        is_wide=True,
    )


def _campaigns(question: Question) -> Iterator[Section]:
    campaigns = _read("campaigns", question)
    yield Section(
        campaigns,
        note=_("Payments that kept their coupon, on the day of the sale. Codes issued, and the part"
               " of them that was redeemed, are the whole campaign's."),
        chart=pictures.who_bears(campaigns),
        table=show_table(campaigns, without=("campaign", "mean")),
        is_wide=True,
    )  # fmt: skip


def list_cards(question: Question, sections: list[Section]) -> list[Card]:
    """The sums of the page of sales, beside those before."""
    if question.view != "sales" or not sections[0].answer.rows:
        return []
    now, past = _sum(sections[0].answer), _sum(answer(REPORTS["sales"], question.before))
    currency = sections[0].answer.ask.currency
    return [
        Card(_("Amount"), words.money(now["amount"], currency), _change(now, past, "amount")),
        Card(_("Payments"), words.count(now["payments"]), _change(now, past, "payments")),
        Card(_("Mean payment"), words.money(_mean(now), currency), ""),
        Card(
            _("By known customers"),
            words.share((share(now["known_payments"], now["payments"]) or 0) / BASIS),
            words.count(now["known_payments"]),
        ),
        Card(
            _("Given back"),
            words.money(now["refunded"], currency),
            words.share((share(now["refunded"], now["amount"]) or 0) / BASIS),
        ),
    ]


def _sum(found: Answer) -> dict[str, int]:
    rows = found.report.dictionaries(found.rows)
    names = ("amount", "payments", "known_payments", "refunded")
    return {name: sum(int(str(row[name])) for row in rows) for name in names}


def _mean(total: dict[str, int]) -> int:
    return mean(total["amount"], total["payments"]) or 0


def _change(now: dict[str, int], past: dict[str, int], name: str) -> str:
    if not past[name]:
        return ""
    percent = round((now[name] - past[name]) / past[name] * 100)
    return _("%(change)s on the days before") % {"change": f"{percent:+d}%" if percent else "±0%"}
