"""One report answered: the rows with what they are of. The page, REST and files show the same."""

from dataclasses import dataclass
from datetime import date

from portal.insights.ask import Ask, with_currency
from portal.insights.report import Report, Row
from portal.models import Analysis


@dataclass(frozen=True, slots=True)
class Answer:
    """``ask`` names the currency that was chosen; ``as_of`` is up to when customers are analysed,
    None where none are."""

    report: Report
    ask: Ask
    rows: list[Row]
    as_of: date | None


def answer(report: Report, ask: Ask) -> Answer:
    """The report's rows, in one currency; none without sales."""
    asked = with_currency(ask)
    rows = report.read(asked) if asked.currency else []
    return Answer(report, asked, rows, find_as_of(ask) if report.of_customers else None)


def find_as_of(ask: Ask) -> date | None:
    """The day before which the customers of every merchant that is asked for are analysed."""
    rows = Analysis.objects.filter(acquirer_id=ask.acquirer_id, livemode=ask.livemode)
    if ask.merchant_id is not None:
        rows = rows.filter(merchant_id=ask.merchant_id)
    return (
        rows.filter(as_of__isnull=False).order_by("as_of").values_list("as_of", flat=True).first()
    )
