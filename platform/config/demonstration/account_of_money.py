"""How the demo's money moved, told as JSON: read from the tables and from the stored files."""

import hashlib
from datetime import date
from typing import Any

from config.demonstration.account import page
from merchants.models import Merchant
from payments.models import Payment
from settlement.models import (
    BankEntry,
    BankFile,
    Export,
    Journal,
    PaidSettlement,
    PaymentFile,
    Payout,
    Run,
    SchemeFile,
)
from settlement.services.ask_export import open_export
from settlement.services.make_journal import open_journal
from settlement.services.payment_files import open_payment_file
from settlement.state import Meaning, PayoutStatus, Way
from tenancy.scope import tenant_scope

_BY = "demo"


def tell_of_money(
    merchant: Merchant, day: date, journal: Journal, export: Export
) -> dict[str, Any]:
    """What came from the scheme, what went to the bank, and what is written down of it."""
    with tenant_scope(merchant.acquirer_id):
        runs = {row.way: row.found for row in Run.objects.filter(business_date=day)}
        sent, said = PaymentFile.objects.get(), BankFile.objects.get()
        entries = BankEntry.objects.filter(statement__file=said)
        unexplained = entries.filter(meaning=Meaning.UNEXPLAINED)
        file = SchemeFile.objects.get(business_date=day, kind=SchemeFile.Kind.SETTLEMENT)
        payouts = Payout.objects.filter(payment_file=sent)
        return {
            "settled": {
                "name": file.name,
                "rows": file.row_count,
                "source": file.source,
                "paid": sum(row.amount_minor for row in PaidSettlement.objects.all()),
            },
            "found": {way.value: runs.get(way) for way in Way},
            "sent": _tell_of_sent(sent, payouts.filter(status=PayoutStatus.BOOKED).count()),
            "said": {
                "name": said.name,
                "state": said.state,
                "entries": entries.count(),
                "booked": entries.filter(meaning=Meaning.PAYOUT_BOOKED).count(),
                "explained": entries.filter(meaning=Meaning.EXPLAINED).count(),
                "path": page("bankfile", said.id),
            },
            "unexplained": [
                {
                    "amount": row.amount_minor,
                    "text": row.remittance,
                    "path": page("bankentry", row.id),
                }
                for row in unexplained
            ],
            "journal": _kept(journal, journal.name, open_journal(journal, by=_BY)),
            "export": _tell_of_export(export),
            "payments": Payment.objects.count(),
        }


def _tell_of_sent(row: PaymentFile, booked: int) -> dict[str, Any]:
    return _kept(row, row.name, open_payment_file(row, by=_BY)) | {
        "payouts": row.payouts_count,
        "booked": booked,
        "total": row.total_minor,
        "made_by": row.made_by,
        "approved_by": row.approved_by,
        "status": row.status,
    }


def _tell_of_export(row: Export) -> dict[str, Any]:
    _, file = open_export(row.asked_by, row.id)
    return _kept(row, row.file_name, file) | {"rows": row.rows_done}


def _kept(row: PaymentFile | Journal | Export, name: str, file: Any) -> dict[str, Any]:
    """Where it is in the console; the digest that was kept, and that of the stored bytes."""
    with file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    path = page(row._meta.model_name or "", row.id)
    return {"name": name, "path": path, "sha256": row.sha256, "found": found}
