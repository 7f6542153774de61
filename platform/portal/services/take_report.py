"""Taking a report away as a file; that it was taken stands in the audit trail."""

from portal.insights.answer import Answer
from portal.insights.files import file_name, write
from tenancy.audit import note


def take_report(answer: Answer, form: str, *, by: str) -> tuple[str, bytes]:
    """Its name and its bytes; ``by`` names who asked (``key_01j…``, ``staff:…``)."""
    ask = answer.ask
    detail = {
        "form": form,
        "by": by,
        "livemode": ask.livemode,
        "merchant": ask.merchant_id and str(ask.merchant_id),
        "store": ask.store_id and str(ask.store_id),
        "since": str(ask.since),
        "until": str(ask.until),
        "rows": len(answer.rows),
    }
    note("insights_taken", answer.report.name, acquirer_id=ask.acquirer_id, detail=detail)
    return file_name(answer, form), write(answer, form)
